import { type DecodedPacket, FRAGMENT } from "../capture/decoded-packet.ts";
import { addressText } from "../flow/address.ts";
import type { Flow } from "../flow/flow.ts";
import { HELLO, readHello, ServerNamePosition } from "./reference-tls.ts";

interface Options {
	readonly activeTimeout: number;
	readonly inactiveTimeout: number;
	readonly vlanInKey: boolean;
}

/** A flow that can still grow. */
type Growing = { -readonly [K in keyof Flow]: Flow[K] extends readonly number[] ? number[] : Flow[K] } & {
	sawClientHello: boolean;
	sawServerHello: boolean;
};

const SYN = 0x02;
const FIN_OR_RST = 0x05;

/**
 * The oracle of `Meter`: the metering rules of docs/metering.md with a Map of objects, unbounded and slow. It neither
 * sweeps nor evicts; with increasing times and a table that is large enough both make the same flows.
 */
export class PlainMeter {
	readonly ended: Flow[] = [];
	readonly #flows = new Map<string, Growing>();
	readonly #fragments = new Map<string, { time: number; sourcePort: number; destinationPort: number }>();
	readonly #options: Options;

	constructor(options: Options) {
		this.#options = options;
	}

	add(packet: DecodedPacket, bytes: Uint8Array, time: number): void {
		const source = ipText(packet, "source");
		const destination = ipText(packet, "destination");
		const [sourcePort, destinationPort] = this.#ports(packet, `${source} ${destination}`, time);
		const about = `${this.#options.vlanInKey ? packet.vlan : ""} ${packet.version} ${packet.protocol}`;
		const forward = `${source}:${sourcePort} ${destination}:${destinationPort} ${about}`;
		const backward = `${destination}:${destinationPort} ${source}:${sourcePort} ${about}`;

		let key = this.#flows.has(forward) || !this.#flows.has(backward) ? forward : backward;
		let flow = this.#flows.get(key);
		if (flow && this.#isOver(flow, key === backward && key !== forward, packet, time)) {
			this.#flows.delete(key);
			flow = undefined;
			key = forward;
		}
		if (!flow) {
			flow = newFlow(packet, source, destination, sourcePort, destinationPort, time);
			this.#flows.set(key, flow);
		}
		count(flow, packet, bytes, time, key !== forward);
	}

	finish(): Flow[] {
		for (const flow of this.#flows.values()) this.#export(flow);
		this.#flows.clear();
		return this.ended;
	}

	#isOver(flow: Growing, isReverse: boolean, packet: DecodedPacket, time: number): boolean {
		const second = Math.floor(time / 1e6);
		const flags = isReverse ? flow.tcpFlagsReverse : flow.tcpFlags;
		if (packet.tcpFlags & SYN && flags & FIN_OR_RST) {
			this.ended.push(finished(flow));
			return true;
		}
		const isSilent = second - Math.floor(flow.timeLast / 1e6) >= this.#options.inactiveTimeout;
		const isLong = second - Math.floor(flow.timeFirst / 1e6) >= this.#options.activeTimeout;
		if (isSilent || isLong) this.#export(flow);
		return isSilent || isLong;
	}

	#export(flow: Growing): void {
		const isSingleSyn = flow.packets + flow.packetsReverse <= 1 && (flow.tcpFlags | flow.tcpFlagsReverse) & SYN;
		const empty = { packetLengths: [], packetDirections: [], packetFlags: [], packetTimes: [] };
		this.ended.push({ ...finished(flow), ...(isSingleSyn && empty) });
	}

	#ports(packet: DecodedPacket, addresses: string, time: number): [number, number] {
		const datagram = `${addresses} ${packet.version} ${packet.vlan} ${packet.fragmentId}`;
		const { sourcePort, destinationPort } = packet;
		if (packet.fragment === FRAGMENT.FIRST) this.#fragments.set(datagram, { time, sourcePort, destinationPort });
		if (packet.fragment !== FRAGMENT.LATER) return [sourcePort, destinationPort];
		const first = this.#fragments.get(datagram);
		return first && time <= first.time + 3e6 ? [first.sourcePort, first.destinationPort] : [0, 0];
	}
}

function newFlow(
	packet: DecodedPacket,
	sourceAddress: string,
	destinationAddress: string,
	sourcePort: number,
	destinationPort: number,
	time: number,
): Growing {
	return {
		...{ sourceAddress, destinationAddress, sourcePort, destinationPort, protocol: packet.protocol },
		...{ bytes: 0, bytesReverse: 0, packets: 0, packetsReverse: 0, tcpFlags: 0, tcpFlagsReverse: 0 },
		...{ timeFirst: time, timeLast: time },
		...{ packetLengths: [], packetDirections: [], packetFlags: [], packetTimes: [] },
		...{ payload: new Uint8Array(0), payloadReverse: new Uint8Array(0), serverName: "" },
		...{ sawClientHello: false, sawServerHello: false },
	};
}

function count(flow: Growing, packet: DecodedPacket, bytes: Uint8Array, time: number, isReverse: boolean): void {
	flow.timeLast = time;
	if (isReverse) {
		flow.packetsReverse++;
		flow.bytesReverse += packet.ipLength;
		flow.tcpFlagsReverse |= packet.tcpFlags;
	} else {
		flow.packets++;
		flow.bytes += packet.ipLength;
		flow.tcpFlags |= packet.tcpFlags;
	}
	if (packet.payloadLength > 0 && flow.packetLengths.length < 30) {
		flow.packetLengths.push(packet.payloadLength);
		flow.packetDirections.push(isReverse ? -1 : 1);
		flow.packetFlags.push(packet.tcpFlags);
		flow.packetTimes.push(time);
	}
	const payload = bytes.slice(packet.payloadBegin, packet.payloadEnd);
	if (payload.length === 0) return;
	if (isReverse && flow.payloadReverse.length === 0) flow.payloadReverse = payload.slice(0, 100);
	if (!isReverse && flow.payload.length === 0) flow.payload = payload.slice(0, 100);
	lookForHello(flow, payload);
}

function lookForHello(flow: Growing, payload: Uint8Array): void {
	if (flow.sawServerHello) return;
	const position = new ServerNamePosition();
	const hello = readHello(payload, 0, payload.length, position);
	if (hello === HELLO.SERVER && flow.sawClientHello) flow.sawServerHello = true;
	if (hello !== HELLO.CLIENT) return;
	flow.sawClientHello = true;
	if (position.begin < position.end) {
		flow.serverName = new TextDecoder().decode(payload.subarray(position.begin, position.end));
	}
}

function finished({ sawClientHello: _client, sawServerHello: _server, ...flow }: Growing): Flow {
	return flow;
}

function ipText(packet: DecodedPacket, end: "source" | "destination"): string {
	const address = new Uint8Array(16);
	const view = new DataView(address.buffer);
	if (packet.version === 4) {
		view.setInt32(8, packet[`${end}0`]);
		view.setInt32(12, -1);
	} else {
		for (const i of [0, 1, 2, 3] as const) view.setInt32(4 * i, packet[`${end}${i}`]);
	}
	return addressText(address, 0);
}
