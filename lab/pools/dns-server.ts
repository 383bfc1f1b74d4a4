import { createSocket } from "node:dgram";
import { type AddressInfo, createServer } from "node:net";

/** A zone's data for a name: addresses, an alias, or no answer. */
export interface ZoneEntry {
	readonly a?: readonly string[];
	readonly cname?: string;
	/** The server never answers. */
	readonly silent?: boolean;
}

/** A name server on 127.0.0.1, UDP and TCP on one port. */
export interface DnsServer extends AsyncDisposable {
	/** In the form of a resolver option: `127.0.0.1:port`. */
	readonly name: string;
	/** Requested names with their types, in order. */
	readonly asked: readonly string[];
}

const TYPE_A = 1;
const TYPE_CNAME = 5;
/** RFC 1035, 4.2.1: longer answers are cut over UDP, and requested again over TCP. */
const UDP_LENGTH = 512;

/** Starts a server for these names; all other names do not exist. */
export async function startDnsServer(zone: Readonly<Record<string, ZoneEntry>>): Promise<DnsServer> {
	const asked: string[] = [];
	const udp = createSocket("udp4");
	await new Promise<void>((resolve) => udp.bind(0, "127.0.0.1", resolve));
	const { port } = udp.address();
	udp.on("message", (query, { address, port: from }) => {
		const answer = answerTo(query, zone, asked);
		if (answer) udp.send(answer.length > UDP_LENGTH ? truncated(answer, query) : answer, from, address);
	});
	const tcp = createServer((socket) => {
		let pending = Buffer.alloc(0);
		socket
			.on("error", () => {})
			.on("data", (chunk) => {
				pending = Buffer.concat([pending, chunk]);
				while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
					const length = pending.readUInt16BE(0);
					const answer = answerTo(pending.subarray(2, 2 + length), zone, asked);
					pending = pending.subarray(2 + length);
					if (answer) socket.write(Buffer.concat([u16(answer.length), answer]));
				}
			});
	});
	await new Promise<void>((resolve) => tcp.listen(port, "127.0.0.1", resolve));
	return {
		name: `127.0.0.1:${(tcp.address() as AddressInfo).port}`,
		asked,
		async [Symbol.asyncDispose]() {
			await new Promise<void>((resolve) => udp.close(resolve));
			await new Promise((resolve) => {
				tcp.close(resolve);
			});
		},
	};
}

function answerTo(query: Buffer, zone: Readonly<Record<string, ZoneEntry>>, asked: string[]): Buffer | undefined {
	const labels: string[] = [];
	let at = 12;
	while (query[at]! > 0) {
		labels.push(query.toString("latin1", at + 1, at + 1 + query[at]!));
		at += 1 + query[at]!;
	}
	const type = query.readUInt16BE(at + 1);
	const question = query.subarray(12, at + 5);
	let name = labels.join(".").toLowerCase();
	asked.push(`${name} ${type === TYPE_A ? "A" : "AAAA"}`);
	const records: Buffer[] = [];
	let entry = zone[name];
	if (entry?.silent) return undefined;
	for (let aliases = 0; entry?.cname !== undefined && aliases < 8; aliases++) {
		records.push(record(name, TYPE_CNAME, encodedName(entry.cname)));
		name = entry.cname;
		entry = zone[name];
	}
	if (type === TYPE_A)
		for (const address of entry?.a ?? [])
			records.push(record(name, TYPE_A, Buffer.from(address.split(".").map(Number))));
	const NAME_ERROR = 3;
	const flags = 0x8180 | (entry === undefined ? NAME_ERROR : 0);
	return Buffer.concat([
		query.subarray(0, 2),
		u16(flags),
		u16(1),
		u16(records.length),
		u16(0),
		u16(0),
		question,
		...records,
	]);
}

/** The header and question with the truncation bit. */
function truncated(answer: Buffer, query: Buffer): Buffer {
	const question = answer.subarray(12, 12 + questionLength(query));
	return Buffer.concat([answer.subarray(0, 2), u16(0x8380), u16(1), u16(0), u16(0), u16(0), question]);
}

function questionLength(query: Buffer): number {
	let at = 12;
	while (query[at]! > 0) at += 1 + query[at]!;
	return at + 5 - 12;
}

function record(name: string, type: number, data: Buffer): Buffer {
	return Buffer.concat([encodedName(name), u16(type), u16(1), u16(0), u16(60), u16(data.length), data]);
}

function encodedName(name: string): Buffer {
	return Buffer.concat([
		...name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
		Buffer.from([0]),
	]);
}

function u16(value: number): Buffer {
	return Buffer.from([value >> 8, value & 0xff]);
}
