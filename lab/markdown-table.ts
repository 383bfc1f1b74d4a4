/** The lines of a Markdown table, columns aligned; the first row is the head. */
export function markdownTable(rows: readonly (readonly string[])[]): string[] {
	const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
	const [head, ...body] = rows.map((row) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`);
	return [head!, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body];
}
