import { countMalformed } from "../bytes/counters.ts";
import { NO_NAMES } from "./flow-names.ts";
import { jsonObjectOf, listIn } from "./json-record.ts";
import { appendLogFlow, protocolNumber } from "./log-flow.ts";
import type { LogReader, LogTarget } from "./log-reader.ts";

/**
 * Azure's flow logs ("NSG flow logs", version 2; "Virtual network flow logs", version 4): JSON with lists of tuples, as one
 * document in one line or as one record a line. Tuples have both directions; each tuple of a flow that continues counts what
 * is new.
 */
export class AzureFlowLogReader implements LogReader {
	read(line: Uint8Array, target: LogTarget): void {
		const object = jsonObjectOf(line, target.counters);
		if (object === undefined) return;
		for (const record of "records" in object ? listIn(object, "records") : [object]) {
			for (const tuple of tuplesIn(record)) readTuple(tuple, target);
		}
	}
}

/** Nesting of records, flows and groups is at most this deep. */
const DEEPEST = 10;

/** All `flowTuples` below a record, wherever the version has them. */
function* tuplesIn(value: unknown, depth = 0): Generator<string> {
	if (typeof value !== "object" || value === null || depth > DEEPEST) return;
	for (const [key, part] of Object.entries(value)) {
		if (key === "flowTuples" && Array.isArray(part)) yield* part.filter((tuple) => typeof tuple === "string");
		else yield* tuplesIn(part, depth + 1);
	}
}

function readTuple(tuple: string, target: LogTarget): void {
	const values = tuple.split(",");
	const isVirtualNetwork = /^\d{13,}$/.test(values[0] ?? "");
	const [time, source, destination, sourcePort, destinationPort, protocol] = values as [string, ...string[]];
	const [packets, bytes, packetsReverse, bytesReverse] = values.slice(9, 13).map((text) => Number(text || 0));
	const at = Number(time) * (isVirtualNetwork ? 1e3 : 1e6);
	const appended = appendLogFlow(target, {
		source: source ?? "",
		destination: destination ?? "",
		sourcePort: Number(sourcePort),
		destinationPort: Number(destinationPort),
		protocol: protocol === "T" ? 6 : protocol === "U" ? 17 : protocolNumber(protocol),
		bytes: bytes ?? 0,
		bytesReverse: bytesReverse ?? 0,
		packets: packets ?? 0,
		packetsReverse: packetsReverse ?? 0,
		timeFirst: at,
		timeLast: at,
		tcpFlags: 0,
		tcpFlagsReverse: 0,
		names: NO_NAMES,
	});
	if (!appended) countMalformed(target.counters, "azure: impossible tuple");
}
