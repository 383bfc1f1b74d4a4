import { terminalText } from "./terminal-text.ts";

/**
 * One cell of CSV (RFC 4180) for people and programs that read text of others: control characters become `\u{…}`, and a text
 * that a spreadsheet would take for a formula (it begins with `=`, `+`, `-` or `@`) begins with an apostrophe. Source: OWASP,
 * "CSV Injection".
 */
export function csvCell(value: string | number | boolean | undefined): string {
	if (value === undefined) return "";
	if (typeof value !== "string") return String(value);
	const visible = terminalText(value);
	const safe = /^[=+\-@]/.test(visible) ? `'${visible}` : visible;
	return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
