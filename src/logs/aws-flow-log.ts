import { countMalformed } from "../bytes/counters.ts";
import { NO_NAMES } from "./flow-names.ts";
import { appendLogFlow } from "./log-flow.ts";
import type { LogReader, LogTarget } from "./log-reader.ts";

/** The fields of version 2, which stand in this order where the file has no header line. */
const VERSION_2 =
	"version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status".split(
		" ",
	);
const utf8 = new TextDecoder();

/**
 * AWS VPC flow logs, versions 2 to 8 ("Flow log records" of the VPC user guide): fields by name from the header line, in any
 * order, separated by spaces. `pkt-srcaddr` and `pkt-dstaddr` are the ends behind NAT gateways and load balancers.
 * Each record is one direction.
 */
export class AwsFlowLogReader implements LogReader {
	#fields = fieldIndex(VERSION_2);

	read(line: Uint8Array, target: LogTarget): void {
		const values = utf8.decode(line).trim().split(/[ ,]/);
		if (values.length < 2) return;
		if (values.includes("srcaddr") || values.includes("pkt-srcaddr")) {
			this.#fields = fieldIndex(values);
			return;
		}
		const text = (name: string): string | undefined => {
			const value = values[this.#fields.get(name) ?? -1];
			return value === undefined || value === "-" ? undefined : value;
		};
		// Intervals without traffic, and records that the service could not capture.
		if (text("log-status") === "NODATA" || text("log-status") === "SKIPDATA") return;
		const appended = appendLogFlow(target, {
			source: text("pkt-srcaddr") ?? text("srcaddr") ?? "",
			destination: text("pkt-dstaddr") ?? text("dstaddr") ?? "",
			sourcePort: Number(text("srcport") ?? 0),
			destinationPort: Number(text("dstport") ?? 0),
			protocol: Number(text("protocol") ?? Number.NaN),
			bytes: Number(text("bytes") ?? 0),
			bytesReverse: 0,
			packets: Number(text("packets") ?? 0),
			packetsReverse: 0,
			timeFirst: Number(text("start") ?? Number.NaN) * 1e6,
			timeLast: Number(text("end") ?? Number.NaN) * 1e6,
			tcpFlags: Number(text("tcp-flags") ?? 0) & 0xff,
			tcpFlagsReverse: 0,
			names: NO_NAMES,
		});
		if (!appended) countMalformed(target.counters, "aws: impossible record");
	}
}

function fieldIndex(names: readonly string[]): ReadonlyMap<string, number> {
	return new Map(names.map((name, k) => [name, k]));
}
