/** An axis of a chart: maps values to positions, with its ticks. */
export interface Axis {
	readonly label: string;
	readonly low: number;
	readonly high: number;
	readonly logarithmic?: boolean;
	readonly ticks: readonly { readonly value: number; readonly text: string }[];
}

/** One line of a chart. */
export interface Line {
	readonly points: readonly (readonly [x: number, y: number])[];
	/** 0, 1, …: the colour of the model. */
	readonly series: number;
	readonly dashed?: boolean;
}

/** A marked point with its label. */
export interface Mark {
	readonly at: readonly [x: number, y: number];
	readonly series: number;
	readonly title: string;
	readonly shape: "circle" | "diamond" | "square";
	/** Ends of the vertical error bar. */
	readonly bar?: readonly [low: number, high: number];
}

export interface Chart {
	readonly title: string;
	readonly x: Axis;
	readonly y: Axis;
	readonly lines: readonly Line[];
	readonly marks: readonly Mark[];
	/** The line of chance or of perfection. */
	readonly reference?: readonly (readonly [x: number, y: number])[];
}

export const CHART_WIDTH = 460;
export const CHART_HEIGHT = 360;
const LEFT = 58;
const RIGHT = 14;
const TOP = 34;
const BOTTOM = 48;

/** Style of the chart's classes; light and dark follow the reader's system. */
export const CHART_STYLE = `
.chart { --ink: #1c2230; --muted: #667085; --grid: #e4e7ec; --s0: #0b7285; --s1: #c2410c; --s2: #6d28d9; --s3: #4d7c0f; }
@media (prefers-color-scheme: dark) { .chart { --ink: #e6e9ef; --muted: #98a2b3; --grid: #2c3442; --s0: #3bc9db; --s1: #ff922b; --s2: #b197fc; --s3: #a9e34b; } }
@media print { .chart { --ink: #000; --muted: #444; --grid: #ccc; --s0: #0b7285; --s1: #c2410c; --s2: #6d28d9; --s3: #4d7c0f; } }
.chart text { font: 11px system-ui, sans-serif; fill: var(--muted); }
.chart .title { font-weight: 600; font-size: 13px; fill: var(--ink); }
.chart .grid { stroke: var(--grid); stroke-width: 1; }
.chart .reference { stroke: var(--muted); stroke-width: 1; stroke-dasharray: 2 4; fill: none; }
.chart .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.chart .dashed { stroke-dasharray: 6 4; stroke-width: 1.5; }
.chart .mark { stroke-width: 2; fill-opacity: 0.25; }
.chart .bar { stroke-width: 1.5; }
.chart .s0 { stroke: var(--s0); } .chart .mark.s0 { fill: var(--s0); }
.chart .s1 { stroke: var(--s1); } .chart .mark.s1 { fill: var(--s1); }
.chart .s2 { stroke: var(--s2); } .chart .mark.s2 { fill: var(--s2); }
.chart .s3 { stroke: var(--s3); } .chart .mark.s3 { fill: var(--s3); }`;

/** The chart as an SVG element at (left, top) of a larger drawing, or alone. */
export function chartSvg(chart: Chart, left = 0, top = 0): string {
	const x = (value: number) => round(LEFT + place(value, chart.x) * (CHART_WIDTH - LEFT - RIGHT));
	const y = (value: number) => round(CHART_HEIGHT - BOTTOM - place(value, chart.y) * (CHART_HEIGHT - TOP - BOTTOM));
	const path = (points: readonly (readonly [number, number])[]) =>
		points.map(([px, py], k) => `${k === 0 ? "M" : "L"}${x(px)} ${y(py)}`).join("");
	const floor = CHART_HEIGHT - BOTTOM;
	const verticals = chart.x.ticks.map(
		({ value, text }) =>
			`<line class="grid" x1="${x(value)}" y1="${TOP}" x2="${x(value)}" y2="${floor}"/>` +
			`<text x="${x(value)}" y="${floor + 16}" text-anchor="middle">${text}</text>`,
	);
	const horizontals = chart.y.ticks.map(
		({ value, text }) =>
			`<line class="grid" x1="${LEFT}" y1="${y(value)}" x2="${CHART_WIDTH - RIGHT}" y2="${y(value)}"/>` +
			`<text x="${LEFT - 7}" y="${y(value) + 4}" text-anchor="end">${text}</text>`,
	);
	return [
		`<svg class="chart" role="img" aria-label="${escapeMarkup(chart.title)}" xmlns="http://www.w3.org/2000/svg"`,
		` x="${left}" y="${top}" width="${CHART_WIDTH}" height="${CHART_HEIGHT}" viewBox="0 0 ${CHART_WIDTH} ${CHART_HEIGHT}">`,
		`<text class="title" x="${LEFT}" y="18">${escapeMarkup(chart.title)}</text>`,
		...verticals,
		...horizontals,
		`<text x="${(LEFT + CHART_WIDTH - RIGHT) / 2}" y="${CHART_HEIGHT - 10}" text-anchor="middle">${escapeMarkup(chart.x.label)}</text>`,
		`<text transform="translate(14 ${(TOP + floor) / 2}) rotate(-90)" text-anchor="middle">${escapeMarkup(chart.y.label)}</text>`,
		chart.reference ? `<path class="reference" d="${path(chart.reference)}"/>` : "",
		...chart.lines.map(
			({ points, series, dashed }) =>
				`<path class="line s${series % 4}${dashed ? " dashed" : ""}" d="${path(thinned(points, x, y))}"/>`,
		),
		...chart.marks.map((mark) => markSvg(mark, x, y)),
		"</svg>",
	].join("");
}

function markSvg(
	{ at, series, title, shape, bar }: Mark,
	x: (value: number) => number,
	y: (value: number) => number,
): string {
	const [px, py] = [x(at[0]), y(at[1])];
	const colour = `s${series % 4}`;
	const outline = shape === "square" ? SQUARE : DIAMOND;
	const symbol =
		shape === "circle"
			? `<circle class="mark ${colour}" cx="${px}" cy="${py}" r="5">`
			: `<path class="mark ${colour}" d="M${px} ${py}${outline}">`;
	const bars = bar ? `<line class="bar ${colour}" x1="${px}" y1="${y(bar[0])}" x2="${px}" y2="${y(bar[1])}"/>` : "";
	return `${bars}${symbol}<title>${escapeMarkup(title)}</title></${shape === "circle" ? "circle" : "path"}>`;
}

/** Outlines around the point where they begin. */
const DIAMOND = "m0 -6l6 6l-6 6l-6 -6Z";
const SQUARE = "m-4.5 -4.5h9v9h-9Z";

/** Position on the axis, 0 … 1. */
function place(value: number, { low, high, logarithmic }: Axis): number {
	const clamped = Math.min(high, Math.max(low, value));
	return logarithmic ? Math.log(clamped / low) / Math.log(high / low) : (clamped - low) / (high - low);
}

/** Curves have one point per flow; of points at the same position only the first and the last are drawn. */
function thinned(
	points: readonly (readonly [number, number])[],
	x: (value: number) => number,
	y: (value: number) => number,
): (readonly [number, number])[] {
	const isNear = (a: readonly [number, number], b: readonly [number, number]) =>
		Math.abs(x(a[0]) - x(b[0])) < 0.5 && Math.abs(y(a[1]) - y(b[1])) < 0.5;
	const kept: (readonly [number, number])[] = [];
	for (const [k, point] of points.entries()) {
		const last = kept.at(-1);
		if (last && k < points.length - 1 && isNear(last, point)) continue;
		kept.push(point);
	}
	return kept;
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}

/** Escapes text for markup. */
export function escapeMarkup(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
