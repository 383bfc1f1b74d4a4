/** Steps in seconds that people count in. */
const STEPS = [
	0.001, 0.01, 0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400,
];

/** Seconds from 0 to `span` at which an axis has ticks: at most `most` of them, in a step that people count in. */
export function secondTicks(span: number, most: number): number[] {
	const wanted = span / Math.max(1, most);
	const step = STEPS.find((each) => each >= wanted) ?? Math.ceil(wanted / 86_400) * 86_400;
	return Array.from({ length: Math.floor(span / step + 1e-9) + 1 }, (_, k) => k * step);
}

/** A tick as text, in the largest unit that all ticks of the step are whole numbers of: `30 s`, `5 min`, `2 h`. */
export function tickText(seconds: number, step: number): string {
	if (seconds === 0) return "0";
	if (step < 1) return `${Math.round(seconds * 1000)} ms`;
	if (step % 60 !== 0) return `${seconds} s`;
	return step % 3600 === 0 ? `${seconds / 3600} h` : `${seconds / 60} min`;
}
