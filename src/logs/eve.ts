import { countMalformed } from "../bytes/counters.ts";
import type { FlowNames } from "./flow-names.ts";
import { type JsonObject, jsonObjectOf, listIn, numberIn, objectIn, textIn, timeOf } from "./json-record.ts";
import { appendLogFlow, protocolNumber } from "./log-flow.ts";
import type { LogReader, LogTarget } from "./log-reader.ts";
import { MINING_WORDS } from "./zeek-records.ts";

/**
 * Suricata's EVE log (docs.suricata.io, "EVE JSON Output"): events of type flow and netflow are flows; tls, quic, http,
 * dns and alert tell more of them, joined by `flow_id`.
 */
export class EveReader implements LogReader {
	read(line: Uint8Array, target: LogTarget): void {
		const event = jsonObjectOf(line, target.counters);
		if (event !== undefined) EVENT_READERS.get(String(event.event_type))?.(event, target);
	}
}

/** How the events of each type are read. Events of other types tell nothing of flows or names. */
const EVENT_READERS: ReadonlyMap<string, (event: JsonObject, target: LogTarget) => void> = new Map([
	["flow", (event, target) => readFlow(event, objectIn(event, "flow"), target)],
	["netflow", (event, target) => readNetflow(event, objectIn(event, "netflow"), target)],
	["tls", (event, target) => learn(event, tlsNames(objectIn(event, "tls")), target)],
	["quic", (event, target) => learn(event, tlsNames(objectIn(event, "quic")), target)],
	["http", (event, target) => learn(event, httpNames(objectIn(event, "http")), target)],
	["alert", (event, target) => learn(event, alertNames(event), target)],
	["dns", (event, target) => readDns(event, objectIn(event, "dns"), target)],
]);

function readFlow(event: JsonObject, flow: JsonObject, target: LogTarget): void {
	const tcp = objectIn(event, "tcp");
	append(event, target, {
		bytes: numberIn(flow, "bytes_toserver"),
		bytesReverse: numberIn(flow, "bytes_toclient"),
		packets: numberIn(flow, "pkts_toserver"),
		packetsReverse: numberIn(flow, "pkts_toclient"),
		timeFirst: timeOf(textIn(flow, "start")),
		timeLast: timeOf(textIn(flow, "end") ?? textIn(event, "timestamp")),
		tcpFlags: flagsIn(tcp, "tcp_flags_ts"),
		tcpFlagsReverse: flagsIn(tcp, "tcp_flags_tc"),
	});
}

/** One direction of a flow. */
function readNetflow(event: JsonObject, netflow: JsonObject, target: LogTarget): void {
	append(event, target, {
		bytes: numberIn(netflow, "bytes"),
		bytesReverse: 0,
		packets: numberIn(netflow, "pkts"),
		packetsReverse: 0,
		timeFirst: timeOf(textIn(netflow, "start")),
		timeLast: timeOf(textIn(netflow, "end") ?? textIn(event, "timestamp")),
		tcpFlags: flagsIn(objectIn(event, "tcp"), "tcp_flags"),
		tcpFlagsReverse: 0,
	});
}

type Counts = Pick<
	Parameters<typeof appendLogFlow>[1],
	"bytes" | "bytesReverse" | "packets" | "packetsReverse" | "timeFirst" | "timeLast" | "tcpFlags" | "tcpFlagsReverse"
>;

function append(event: JsonObject, target: LogTarget, counts: Counts): void {
	const own = objectIn(event, "tls");
	const appended = appendLogFlow(target, {
		source: textIn(event, "src_ip") ?? "",
		destination: textIn(event, "dest_ip") ?? "",
		sourcePort: numberIn(event, "src_port"),
		destinationPort: numberIn(event, "dest_port"),
		protocol: protocolNumber(event.proto),
		...counts,
		names: { ...tlsNames(own), ...target.names.of(idOf(event)) },
	});
	if (!appended) countMalformed(target.counters, "eve: impossible flow");
}

function learn(event: JsonObject, learned: FlowNames, { names }: LogTarget): void {
	const id = idOf(event);
	if (id !== "" && Object.keys(learned).length > 0) names.learn(id, learned);
}

/** `flow_id` has at most 51 bits, so that it is exact in a double. */
function idOf(event: JsonObject): string {
	return event.flow_id === undefined ? "" : String(event.flow_id);
}

function tlsNames(tls: JsonObject): FlowNames {
	return {
		...optional("serverName", textIn(tls, "sni")),
		...optional("ja3", textIn(objectIn(tls, "ja3"), "hash")),
		...optional("ja4", textIn(tls, "ja4")),
	};
}

function httpNames(http: JsonObject): FlowNames {
	return optional("serverName", textIn(http, "hostname"));
}

/** Alerts of signatures that speak of mining; the others say nothing here. */
function alertNames(event: JsonObject): FlowNames {
	const alert = objectIn(event, "alert");
	const text = `${textIn(alert, "signature") ?? ""} ${textIn(alert, "category") ?? ""}`;
	return MINING_WORDS.test(text) ? optional("alert", textIn(alert, "signature")) : {};
}

/** Version 1 and 2 have one event per answer or a list of answers; version 3 puts the query into a list, too. */
function readDns(event: JsonObject, dns: JsonObject, { learn: learnAnswer }: LogTarget): void {
	const isAnswer = dns.type === "answer" || dns.type === "response";
	const client = textIn(event, isAnswer && event.src_port === 53 ? "dest_ip" : "src_ip");
	const question = listIn(dns, "queries")[0];
	const name = textIn(dns, "rrname") ?? (isObject(question) ? textIn(question, "rrname") : undefined);
	if (client === undefined || name === undefined) return;
	const time = timeOf(textIn(event, "timestamp"));
	const answers = listIn(dns, "answers").filter(isObject);
	if (dns.rdata !== undefined) answers.push(dns);
	let isResolved = false;
	for (const answer of answers) {
		const address = textIn(answer, "rdata");
		if ((answer.rrtype !== "A" && answer.rrtype !== "AAAA") || address === undefined) continue;
		isResolved = true;
		learnAnswer({ time, client, name, address, lifetime: numberIn(answer, "ttl") });
	}
	if (!isResolved && isAnswer) learnAnswer({ time, client, name });
}

function isObject(value: unknown): value is JsonObject {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function optional<K extends keyof FlowNames>(key: K, value: string | undefined): FlowNames {
	return value === undefined ? {} : { [key]: value };
}

/** TCP flags are two hexadecimal digits. */
function flagsIn(tcp: JsonObject, key: string): number {
	const text = textIn(tcp, key);
	return text !== undefined && /^[0-9a-f]{1,2}$/i.test(text) ? Number.parseInt(text, 16) : 0;
}
