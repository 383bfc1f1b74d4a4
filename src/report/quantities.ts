/** 1234567 → `1,234,567`. */
export function grouped(count: number): string {
	return Math.round(count).toLocaleString("en-US");
}

/** Bytes in the unit that leaves one to three digits before the point: `88.4 kB`. Powers of 1000. */
export function byteSize(bytes: number): string {
	if (bytes < 1000) return `${bytes} B`;
	let value = bytes;
	let unit = -1;
	while (value >= 999.5 && unit < UNITS.length - 1) {
		value /= 1000;
		unit++;
	}
	return `${value < 99.95 ? value.toFixed(1) : value.toFixed(0)} ${UNITS[unit]}`;
}

const UNITS = ["kB", "MB", "GB", "TB", "PB"];

/** Seconds in readable form: `0.42 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
	if (seconds < 10) return `${seconds.toFixed(2)} s`;
	const whole = Math.round(seconds);
	if (whole < 120) return `${whole} s`;
	if (whole < 7200) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
	return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** `1 flow`, `2 flows`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
	return `${grouped(count)} ${count === 1 ? singular : plural}`;
}
