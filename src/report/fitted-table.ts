import { stripVTControlCharacters } from "node:util";
import { printable } from "./text-table.ts";

/** A column of a table that must fit a terminal. */
export interface FittedColumn<R> {
	readonly heading: string;
	readonly align?: "right";
	/** Columns with the highest numbers are left out first where the terminal is narrow; 0 is never left out. */
	readonly rank: number;
	/** A cell may be cut to this width; absent: it is never cut. */
	readonly least?: number;
	/** Plain text; control characters are made visible here. */
	cell(row: R): string;
	/** How the cell is coloured, after it was cut. */
	colour?(text: string, row: R): string;
}

const GAP = "  ";
const CUT = "…";

/** One line per row, each at most `width` wide: columns are left out by rank, and long cells cut. Empty columns are left out. */
export function fittedTable<R>(
	columns: readonly FittedColumn<R>[],
	rows: readonly R[],
	width: number,
	dim: (text: string) => string,
): string {
	const cells = rows.map((row) => columns.map((column) => printable(column.cell(row))));
	const natural = columns.map(({ heading }, c) => Math.max(heading.length, ...cells.map((line) => line[c]!.length)));
	const least = columns.map(({ heading, least }, c) =>
		Math.min(natural[c]!, Math.max(least ?? Infinity, heading.length)),
	);
	const shown = shownColumns(columns, cells, least, width);
	const widths = shared(
		shown.map((c) => natural[c]!),
		shown.map((c) => least[c]!),
		width - GAP.length * (shown.length - 1),
	);
	const line = (texts: readonly string[], coloured?: R): string =>
		shown
			.map((c, k) => placed(columns[c]!, texts[c]!, widths[k]!, coloured))
			.join(GAP)
			.trimEnd();
	const heading = line(columns.map((column) => column.heading));
	return [dim(heading), ...rows.map((row, r) => line(cells[r]!, row))].join("\n");
}

function shownColumns<R>(
	columns: readonly FittedColumn<R>[],
	cells: readonly (readonly string[])[],
	least: readonly number[],
	width: number,
): number[] {
	let shown = columns.map((_, c) => c).filter((c) => cells.some((line) => line[c] !== ""));
	const total = (): number => shown.reduce((sum, c) => sum + least[c]! + GAP.length, -GAP.length);
	for (;;) {
		const lowest = Math.max(...shown.map((c) => columns[c]!.rank));
		if (lowest <= 0 || total() <= width) return shown;
		shown = shown.filter((c) => columns[c]!.rank !== lowest);
	}
}

/** Widths between the least and the natural ones that together take at most `width`: the room goes to all in turn. */
function shared(natural: readonly number[], least: readonly number[], width: number): number[] {
	const widths = [...least];
	let left = width - widths.reduce((sum, each) => sum + each, 0);
	while (left > 0) {
		const growing = widths.map((each, k) => (each < natural[k]! ? k : -1)).filter((k) => k >= 0);
		if (growing.length === 0) break;
		for (const k of growing) {
			if (left === 0) break;
			widths[k]!++;
			left--;
		}
	}
	return widths;
}

function placed<R>(column: FittedColumn<R>, text: string, width: number, row: R | undefined): string {
	const cut = text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1)).toWellFormed()}${CUT}`;
	const space = " ".repeat(width - cut.length);
	const shown = row !== undefined && column.colour ? column.colour(cut, row) : cut;
	return column.align === "right" ? space + shown : shown + space;
}

/**
 * Text in lines of at most `width`, broken at `separator`; colours do not count. A longer part gets a line of its own.
 */
export function wrapped(parts: readonly string[], separator: string, width: number): string {
	const lines: string[] = [];
	let line = "";
	for (const part of parts) {
		const longer = line === "" ? part : line + separator + part;
		if (line !== "" && stripVTControlCharacters(longer).length > width) {
			lines.push(line);
			line = part;
		} else line = longer;
	}
	return [...lines, line].join("\n");
}
