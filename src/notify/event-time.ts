/** Microseconds since the epoch as RFC 3339 in UTC with all six digits. Times outside 1970 … 9999 are clamped. */
export function rfc3339(microseconds: number): string {
	const [milliseconds, rest] = split(microseconds);
	return `${new Date(milliseconds).toISOString().slice(0, -1)}${String(rest).padStart(3, "0")}Z`;
}

/** Whole milliseconds since the epoch. */
export function milliseconds(microseconds: number): number {
	return split(microseconds)[0];
}

/** Seconds since the epoch with six decimals, as Zeek writes times. */
export function epochSeconds(microseconds: number): string {
	const [milliseconds, rest] = split(microseconds);
	const fraction = (milliseconds % 1000) * 1000 + rest;
	return `${Math.floor(milliseconds / 1000)}.${String(fraction).padStart(6, "0")}`;
}

const LAST_MILLISECOND = 253_402_300_799_999;

function split(microseconds: number): [milliseconds: number, rest: number] {
	const time = Number.isFinite(microseconds) ? Math.max(microseconds, 0) : 0;
	const whole = Math.floor(time / 1000);
	if (whole > LAST_MILLISECOND) return [LAST_MILLISECOND, 999];
	return [whole, Math.floor(time - whole * 1000)];
}
