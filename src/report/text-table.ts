import { stripVTControlCharacters } from "node:util";

/** A column of a table: its heading, and whether its cells are numbers that stand to the right. */
export interface TableColumn {
	readonly heading: string;
	readonly align?: "right";
}

/**
 * Rows as text in aligned columns, empty columns left out. Cells may hold terminal colours; their width is that of what is seen.
 * Where the lines would be wider than `width`, each row becomes a block of `heading  cell` lines instead: nothing is cut away.
 */
export function textTable(
	columns: readonly TableColumn[],
	rows: readonly (readonly string[])[],
	width: number,
	dim: (text: string) => string,
): string {
	const shown = columns.map((_, c) => c).filter((c) => rows.some((row) => row[c] !== ""));
	const widths = shown.map((c) => Math.max(columns[c]!.heading.length, ...rows.map((row) => visibleWidth(row[c]!))));
	const total = widths.reduce((sum, w) => sum + w + 2, -2);
	if (total > width) return blocks(columns, shown, rows, dim);
	const line = (cells: readonly string[]): string =>
		cells
			.map((cell, k) => padded(cell, widths[k]!, columns[shown[k]!]!.align))
			.join("  ")
			.trimEnd();
	const heading = dim(line(shown.map((c) => columns[c]!.heading)));
	return [heading, ...rows.map((row) => line(shown.map((c) => row[c]!)))].join("\n");
}

function blocks(
	columns: readonly TableColumn[],
	shown: readonly number[],
	rows: readonly (readonly string[])[],
	dim: (text: string) => string,
): string {
	const widest = Math.max(...shown.map((c) => columns[c]!.heading.length));
	const block = (row: readonly string[]): string =>
		shown
			.filter((c) => row[c] !== "")
			.map((c) => `${dim(columns[c]!.heading.padEnd(widest))}  ${row[c]}`)
			.join("\n");
	return rows.map(block).join("\n\n");
}

function padded(cell: string, width: number, align: TableColumn["align"]): string {
	const space = " ".repeat(Math.max(0, width - visibleWidth(cell)));
	return align === "right" ? space + cell : cell + space;
}

function visibleWidth(cell: string): number {
	return stripVTControlCharacters(cell).length;
}

/** Text from the wire, safe on a terminal: control and format characters (escape sequences, bidirectional marks) become `·`. */
export function printable(text: string): string {
	return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "·");
}
