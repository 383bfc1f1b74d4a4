import { countMalformed } from "../../bytes/counters.ts";
import { DeCryptoError } from "../../bytes/error.ts";
import type { RecordInput } from "../../nemea/index.ts";
import type { Sender } from "../notification-format.ts";
import { ALERT_TEMPLATE, decodeAlert } from "./alert-record.ts";
import { type IdeaReport, ideaReport } from "./idea-report.ts";

/** Alerts in, one IDEA0 event each to `write`, until the input ends or is stopped. Returns the number of events. */
export async function runReport(
	input: RecordInput,
	sender: Sender,
	write: (report: IdeaReport) => Promise<void>,
): Promise<number> {
	let events = 0;
	for await (const { template, bytes, begins, ends, length } of input) {
		if (!isAlertTemplate(template.fields)) {
			throw new DeCryptoError("fields", "the records are not an aggregator's: its fields are missing or others");
		}
		for (let i = 0; i < length; i++) {
			const record = bytes.slice(begins[i], ends[i]);
			const alert = readAlert(record);
			if (!alert) {
				countMalformed(input.counters, "record: shorter than its fields");
				continue;
			}
			await write(ideaReport(alert, record, sender));
			events++;
		}
	}
	return events;
}

/** A record holds its fields sorted, whatever the order of the template's text. */
function isAlertTemplate(fields: readonly { name: string; type: string }[]): boolean {
	const known = ALERT_TEMPLATE.fields;
	return (
		fields.length === known.length &&
		fields.every(({ name, type }, i) => name === known[i]!.name && type === known[i]!.type)
	);
}

function readAlert(record: Uint8Array): ReturnType<typeof decodeAlert> | undefined {
	try {
		return decodeAlert(record);
	} catch (error) {
		if (error instanceof RangeError) return undefined;
		throw error;
	}
}
