import { countMalformed } from "../bytes/counters.ts";
import { NO_NAMES } from "./flow-names.ts";
import { jsonObjectOf, numberIn, objectIn, textIn, timeOf } from "./json-record.ts";
import { appendLogFlow } from "./log-flow.ts";
import type { LogReader, LogTarget } from "./log-reader.ts";

/** Google Cloud VPC flow logs ("VPC Flow Logs records"): log entries, one a line, or their payload alone; one direction each. */
export class GcpFlowLogReader implements LogReader {
	read(line: Uint8Array, target: LogTarget): void {
		const entry = jsonObjectOf(line, target.counters);
		if (entry === undefined) return;
		const record = "jsonPayload" in entry ? objectIn(entry, "jsonPayload") : entry;
		const connection = objectIn(record, "connection");
		const appended = appendLogFlow(target, {
			source: textIn(connection, "src_ip") ?? "",
			destination: textIn(connection, "dest_ip") ?? "",
			sourcePort: numberIn(connection, "src_port"),
			destinationPort: numberIn(connection, "dest_port"),
			protocol: numberIn(connection, "protocol"),
			bytes: numberIn(record, "bytes_sent"),
			bytesReverse: 0,
			packets: numberIn(record, "packets_sent"),
			packetsReverse: 0,
			timeFirst: timeOf(textIn(record, "start_time")),
			timeLast: timeOf(textIn(record, "end_time")),
			tcpFlags: 0,
			tcpFlagsReverse: 0,
			names: NO_NAMES,
		});
		if (!appended) countMalformed(target.counters, "gcp: impossible record");
	}
}
