import { isIP } from "node:net";

/** One end of a conversation on the wire. */
export interface Endpoint {
	/** IPv4 or IPv6 address as text; both ends have the same kind. */
	readonly address: string;
	readonly port: number;
	/** Time to live of its packets at the capture point. */
	readonly hopLimit: number;
}

export const TCP = 6;
export const UDP = 17;
export const FIN = 0x01;
export const SYN = 0x02;
export const PSH = 0x08;
export const ACK = 0x10;

/** A TCP segment to send. */
export interface Segment {
	readonly sequence: number;
	readonly acknowledgement: number;
	readonly flags: number;
	readonly window: number;
	/** Option bytes, a multiple of four. */
	readonly options: readonly number[];
	readonly payload: Uint8Array;
}

/** The bytes of an Ethernet frame around an IP packet (RFC 791, RFC 8200), all checksums right. */
export function frame(
	from: Endpoint,
	to: Endpoint,
	protocol: number,
	transport: Uint8Array,
	identification: number,
	vlan?: number,
): Uint8Array {
	const version = isIP(from.address);
	const source = addressOf(from.address);
	const destination = addressOf(to.address);
	sealChecksum(transport, protocol, source, destination);
	const tag = vlan === undefined ? [] : [0x81, 0x00, (vlan >> 8) & 0x0f, vlan & 0xff];
	const type = version === 4 ? [0x08, 0x00] : [0x86, 0xdd];
	const head = [...macOf(destination), ...macOf(source), ...tag, ...type];
	const ip =
		version === 4
			? ipv4Header(from, protocol, transport.length, identification, source, destination)
			: ipv6Header(from, protocol, transport.length, source, destination);
	const bytes = new Uint8Array(head.length + ip.length + transport.length);
	bytes.set(head);
	bytes.set(ip, head.length);
	bytes.set(transport, head.length + ip.length);
	return bytes;
}

/** RFC 9293, 3.1; the checksum is filled in by {@link frame}. */
export function tcpSegment(from: Endpoint, to: Endpoint, segment: Segment): Uint8Array {
	const headerLength = 20 + segment.options.length;
	const bytes = new Uint8Array(headerLength + segment.payload.length);
	const view = new DataView(bytes.buffer);
	view.setUint16(0, from.port);
	view.setUint16(2, to.port);
	view.setUint32(4, segment.sequence);
	view.setUint32(8, segment.acknowledgement);
	bytes[12] = (headerLength / 4) << 4;
	bytes[13] = segment.flags;
	view.setUint16(14, segment.window);
	bytes.set(segment.options, 20);
	bytes.set(segment.payload, headerLength);
	return bytes;
}

/** RFC 768; the checksum is filled in by {@link frame}. */
export function udpDatagram(from: Endpoint, to: Endpoint, payload: Uint8Array): Uint8Array {
	const bytes = new Uint8Array(8 + payload.length);
	const view = new DataView(bytes.buffer);
	view.setUint16(0, from.port);
	view.setUint16(2, to.port);
	view.setUint16(4, bytes.length);
	bytes.set(payload, 8);
	return bytes;
}

/** The internet checksum (RFC 1071) over parts; all but the last must have an even length. */
export function internetChecksum(...parts: readonly Uint8Array[]): number {
	let sum = 0;
	for (const part of parts) {
		for (let i = 0; i < part.length; i += 2) sum += (part[i]! << 8) | (part[i + 1] ?? 0);
	}
	while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
	return ~sum & 0xffff;
}

/** 4 or 16 bytes. */
export function addressOf(text: string): Uint8Array {
	if (isIP(text) === 4) return Uint8Array.from(text.split(".").map(Number));
	const [left, right] = text.split("::") as [string, string?];
	const groups = (part: string | undefined) => (part ? part.split(":").map((group) => Number.parseInt(group, 16)) : []);
	const head = groups(left);
	const tail = groups(right);
	const middle = new Array<number>(8 - head.length - tail.length).fill(0);
	return Uint8Array.from([...head, ...middle, ...tail].flatMap((group) => [group >> 8, group & 0xff]));
}

function ipv4Header(
	from: Endpoint,
	protocol: number,
	length: number,
	identification: number,
	source: Uint8Array,
	destination: Uint8Array,
): Uint8Array {
	const header = new Uint8Array(20);
	const view = new DataView(header.buffer);
	view.setUint8(0, 0x45);
	view.setUint16(2, 20 + length);
	view.setUint16(4, identification);
	view.setUint16(6, 0x4000);
	view.setUint8(8, from.hopLimit);
	view.setUint8(9, protocol);
	header.set(source, 12);
	header.set(destination, 16);
	view.setUint16(10, internetChecksum(header));
	return header;
}

function ipv6Header(
	from: Endpoint,
	protocol: number,
	length: number,
	source: Uint8Array,
	destination: Uint8Array,
): Uint8Array {
	const header = new Uint8Array(40);
	const view = new DataView(header.buffer);
	view.setUint8(0, 0x60);
	view.setUint16(4, length);
	view.setUint8(6, protocol);
	view.setUint8(7, from.hopLimit);
	header.set(source, 8);
	header.set(destination, 24);
	return header;
}

function sealChecksum(transport: Uint8Array, protocol: number, source: Uint8Array, destination: Uint8Array): void {
	const at = protocol === TCP ? 16 : 6;
	const pseudo = new Uint8Array(8);
	const view = new DataView(pseudo.buffer);
	view.setUint32(0, transport.length);
	view.setUint32(4, protocol);
	const sum = internetChecksum(source, destination, pseudo, transport);
	// RFC 768: a sum of zero is sent as all ones, because zero means that there is no checksum.
	new DataView(transport.buffer).setUint16(at, sum === 0 && protocol === UDP ? 0xffff : sum);
}

/** A locally administered address that contains the last bytes of the IP address. */
function macOf(address: Uint8Array): number[] {
	return [0x02, 0x00, ...address.slice(-4)];
}
