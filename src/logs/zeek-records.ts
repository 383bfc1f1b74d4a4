import { countMalformed } from "../bytes/counters.ts";
import type { FlowNames } from "./flow-names.ts";
import { timeOf } from "./json-record.ts";
import { appendLogFlow, protocolNumber } from "./log-flow.ts";
import type { LogTarget } from "./log-reader.ts";

/** One record of a Zeek log, whatever its notation; unset and empty fields are absent. */
export interface ZeekRecord {
	text(name: string): string | undefined;
	list(name: string): readonly string[];
}

/** Reads a record of the log with this path (`conn`, `ssl` …); logs that tell nothing of flows or names are passed over. */
export function readZeekRecord(path: string, record: ZeekRecord, target: LogTarget): void {
	RECORD_READERS.get(path)?.(record, target);
}

const RECORD_READERS: ReadonlyMap<string, (record: ZeekRecord, target: LogTarget) => void> = new Map([
	["conn", readConnection],
	["ssl", learnTlsNames],
	["quic", learnTlsNames],
	["http", learnHttpNames],
	["notice", learnNotice],
	["dns", readQuery],
]);

function readConnection(record: ZeekRecord, target: LogTarget): void {
	const first = microseconds(record.text("ts"));
	const history = record.text("history") ?? "";
	const appended = appendLogFlow(target, {
		source: record.text("id.orig_h") ?? "",
		destination: record.text("id.resp_h") ?? "",
		sourcePort: Number(record.text("id.orig_p") ?? 0),
		destinationPort: Number(record.text("id.resp_p") ?? 0),
		protocol: protocolNumber(record.text("proto")),
		bytes: Number(record.text("orig_ip_bytes") ?? record.text("orig_bytes") ?? 0),
		bytesReverse: Number(record.text("resp_ip_bytes") ?? record.text("resp_bytes") ?? 0),
		packets: Number(record.text("orig_pkts") ?? 0),
		packetsReverse: Number(record.text("resp_pkts") ?? 0),
		timeFirst: first,
		timeLast: first + Math.max(0, Number(record.text("duration") ?? 0)) * 1e6,
		tcpFlags: flagsOf(history, ORIGINATOR_FLAGS),
		tcpFlagsReverse: flagsOf(history, RESPONDER_FLAGS),
		names: target.names.of(record.text("uid") ?? ""),
	});
	if (!appended) countMalformed(target.counters, "zeek: impossible connection");
}

function learnTlsNames(record: ZeekRecord, target: LogTarget): void {
	learnNames(record, target, {
		...named("serverName", record.text("server_name")),
		...named("ja3", record.text("ja3")),
		...named("ja4", record.text("ja4")),
	});
}

function learnHttpNames(record: ZeekRecord, target: LogTarget): void {
	learnNames(record, target, named("serverName", record.text("host")?.replace(/:\d+$/, "")));
}

function learnNotice(record: ZeekRecord, target: LogTarget): void {
	learnNames(record, target, named("alert", miningNotice(record)));
}

function learnNames(record: ZeekRecord, { names }: LogTarget, learned: FlowNames): void {
	const uid = record.text("uid");
	if (uid !== undefined && Object.keys(learned).length > 0) names.learn(uid, learned);
}

function readQuery(record: ZeekRecord, { learn }: LogTarget): void {
	const name = record.text("query");
	const client = record.text("id.orig_h");
	if (name === undefined || client === undefined) return;
	const time = microseconds(record.text("ts"));
	const lifetimes = record.list("TTLs");
	let isAnswered = false;
	for (const [k, answer] of record.list("answers").entries()) {
		if (!/^[0-9a-f:.]+$/i.test(answer)) continue;
		isAnswered = true;
		learn({ time, client, name, address: answer, lifetime: Number(lifetimes[k] ?? 0) });
	}
	if (!isAnswered) learn({ time, client, name });
}

/** Notices of other scripts about mining: Zeek itself has none. */
function miningNotice(record: ZeekRecord): string | undefined {
	const note = `${record.text("note") ?? ""} ${record.text("msg") ?? ""}`.trim();
	return MINING_WORDS.test(note) ? note : undefined;
}

/** Words that signatures about mining have in their names. */
export const MINING_WORDS = /coin\s?-?min(er|ing)|crypto\s?-?(currency|min)|\bstratum\b|\bxmrig\b|mining pool|monero/i;

function named<K extends keyof FlowNames>(key: K, value: string | undefined): FlowNames {
	return value ? { [key]: value } : {};
}

/** Seconds with a fraction, or RFC 3339 text, as microseconds since the epoch. */
function microseconds(text: string | undefined): number {
	if (text === undefined) return Number.NaN;
	return /^[\d.]+$/.test(text) ? Number(text) * 1e6 : timeOf(text);
}

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const PSH = 0x08;
const ACK = 0x10;

/** The letters of `history` (conn.log): upper case for the originator, lower case for the responder. */
const ORIGINATOR_FLAGS: Readonly<Record<string, number>> = {
	S: SYN,
	H: SYN | ACK,
	A: ACK,
	D: PSH | ACK,
	F: FIN,
	R: RST,
};
const RESPONDER_FLAGS: Readonly<Record<string, number>> = {
	s: SYN,
	h: SYN | ACK,
	a: ACK,
	d: PSH | ACK,
	f: FIN,
	r: RST,
};

function flagsOf(history: string, letters: Readonly<Record<string, number>>): number {
	let flags = 0;
	for (const letter of history) flags |= letters[letter] ?? 0;
	return flags;
}
