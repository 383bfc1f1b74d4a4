/** Microseconds since the epoch as `2026-03-01 09:12:07`, in UTC. */
export function timeText(microseconds: number): string {
	return isoText(microseconds).slice(0, 19).replace("T", " ");
}

/** To the minute, without seconds. */
export function minuteText(microseconds: number): string {
	return timeText(microseconds).slice(0, 16);
}

/** For the `datetime` attribute. Times out of range are held at its bounds: they come from the network. */
export function isoText(microseconds: number): string {
	const milliseconds = Math.min(Math.max(Math.floor(microseconds / 1000), 0), LAST_MILLISECOND);
	return new Date(Number.isNaN(milliseconds) ? 0 : milliseconds).toISOString();
}

/** The last millisecond of the year 9999: later years do not have four digits. */
const LAST_MILLISECOND = 253_402_300_799_999;

/** How long ago or for how long, in the largest whole unit: `12 s`, `5 min`, `3 h`, `9 d`. */
export function spanText(microseconds: number): string {
	const seconds = Math.max(0, microseconds / 1e6);
	if (seconds < 100) return `${Math.round(seconds)} s`;
	if (seconds < 100 * 60) return `${Math.round(seconds / 60)} min`;
	if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
	return `${Math.round(seconds / 86_400)} d`;
}
