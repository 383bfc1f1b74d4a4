/** Milliseconds of the first and the last instant that RFC 3339's four digits of a year can say. */
const FIRST = -62_135_596_800_000;
const LAST = 253_402_300_799_999;

/** Microseconds since the epoch as RFC 3339 in UTC with all six digits; times outside the years 1 … 9999 are clamped to them. */
export function timestamp(microseconds: number): string {
	const time = Number.isNaN(microseconds) ? 0 : microseconds;
	const milliseconds = Math.min(Math.max(Math.floor(time / 1000), FIRST), LAST);
	const rest = Math.min(Math.max(Math.floor(time - milliseconds * 1000), 0), 999);
	return `${new Date(milliseconds).toISOString().slice(0, -1)}${String(rest).padStart(3, "0")}Z`;
}
