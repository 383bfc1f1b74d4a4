import { rfc3339 } from "../event-time.ts";
import { severity } from "../facts.ts";
import type { Notification } from "../notification.ts";
import type { Sender } from "../notification-format.ts";

/** Facility local0 (RFC 5424, table 1). */
export const FACILITY_DEFAULT = 16;
/** The structured data of an enterprise without a number of its own; 32473 is the number for documentation (RFC 5612). */
const STRUCTURED_DATA_ID = "decrypto@32473";
const BYTE_ORDER_MARK = "\ufeff";

/** One RFC 5424 message: identity and confidence as structured data, the format's body as UTF-8 text. */
export function syslogMessage(
	notification: Notification,
	body: string,
	{ sensor, now }: Sender,
	facility = FACILITY_DEFAULT,
): string {
	const { id, event, test } = notification;
	const priority = facility * 8 + syslogSeverity(notification);
	const data: [name: string, value: string][] = [
		["id", id],
		["incident", event.incident.id],
		["sequence", String(event.sequence)],
		["event", event.kind],
		["confidence", event.incident.confidence],
		["host", event.incident.host.address],
		...(test ? [["test", "true"] as [string, string]] : []),
	];
	const structured = `[${STRUCTURED_DATA_ID} ${data.map(([name, value]) => `${name}="${parameter(value)}"`).join(" ")}]`;
	const header = `<${priority}>1 ${rfc3339(now() * 1000)} ${printable(sensor, 255)} decrypto ${process.pid} INCIDENT`;
	return `${header} ${structured} ${BYTE_ORDER_MARK}${body}`;
}

/** RFC 5424, table 2: warning, notice or informational. */
function syslogSeverity(notification: Notification): number {
	const level = severity(notification);
	return level >= 7 ? 4 : level >= 4 ? 5 : 6;
}

/** RFC 5424, 6.3.3: `"`, `\` and `]` are escaped. */
function parameter(value: string): string {
	return value.replace(/["\\\]]/g, "\\$&");
}

/** PRINTUSASCII; `-` if nothing is left. */
function printable(text: string, length: number): string {
	return text.replace(/[^\x21-\x7e]/g, "").slice(0, length) || "-";
}
