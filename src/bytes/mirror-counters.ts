import { countMalformed, type SourceCounters } from "./counters.ts";

/** Raises counters to the values that another thread counted. */
export function mirrorCounters(from: SourceCounters, into: SourceCounters): void {
	into.bytesRead = from.bytesRead;
	into.bytesTotal = from.bytesTotal;
	into.packets = from.packets;
	into.flows = from.flows;
	for (const [reason, times] of from.malformed) into.malformed.set(reason, times);
	for (let i = into.warnings.length; i < from.warnings.length; i++) into.warnings.push(from.warnings[i]!);
}

/** The counters of an input that several threads read: each counts its own packets, and each reads all bytes. */
export function sumCounters(all: readonly SourceCounters[], into: SourceCounters): void {
	into.bytesRead = all[0]!.bytesRead;
	into.bytesTotal = all[0]!.bytesTotal;
	into.packets = all.reduce((sum, { packets }) => sum + packets, 0);
	into.flows = all.reduce((sum, { flows }) => sum + flows, 0);
	into.malformed.clear();
	for (const { malformed } of all) for (const [reason, times] of malformed) countMalformed(into, reason, times);
	into.warnings.splice(0, Infinity, ...all.flatMap(({ warnings }) => warnings));
}
