/** One JSON-RPC message in Stratum's framing: a line. */
export function line(message: unknown): string {
	return `${JSON.stringify(message)}\n`;
}

/** The same as printed by Python's `json.dumps` and many C programs: a blank after every colon and comma. */
export function spacedLine(message: unknown): string {
	return `${spaced(message)}\n`;
}

function spaced(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
	if (typeof value !== "object" || value === null) return JSON.stringify(value);
	return `{${Object.entries(value)
		.map(([key, part]) => `${JSON.stringify(key)}: ${spaced(part)}`)
		.join(", ")}}`;
}
