import { terminalText } from "./terminal-text.ts";

/**
 * One cell of CSV (RFC 4180) with foreign text, for people and programs: control characters become `\u{…}`, and an
 * apostrophe precedes text that a spreadsheet would interpret as a formula (`=`, `+`, `-` or `@` at its start). Source:
 * OWASP, "CSV Injection".
 */
export function csvCell(value: string | number | boolean | undefined): string {
	if (value === undefined) return "";
	if (typeof value !== "string") return String(value);
	const visible = terminalText(value);
	const safe = /^[=+\-@]/.test(visible) ? `'${visible}` : visible;
	return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
