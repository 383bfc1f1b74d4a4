const DURATIONS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZES: Readonly<Record<string, number>> = {
	B: 1,
	kB: 1e3,
	MB: 1e6,
	GB: 1e9,
	KiB: 2 ** 10,
	MiB: 2 ** 20,
	GiB: 2 ** 30,
};

/** `500ms`, `30s`, `15m`, `1h`, `7d` in milliseconds; undefined if `text` is something else or zero. */
export function parseDuration(text: string): number | undefined {
	return parseQuantity(text, DURATIONS);
}

/** `1000B`, `64KiB`, `100MiB`, `1GB` in bytes; undefined if `text` is something else or zero. */
export function parseSize(text: string): number | undefined {
	return parseQuantity(text, SIZES);
}

function parseQuantity(text: string, units: Readonly<Record<string, number>>): number | undefined {
	const match = /^(\d{1,12}(?:\.\d{1,6})?) ?([A-Za-z]+)$/.exec(text);
	if (!match || !Object.hasOwn(units, match[2]!)) return undefined;
	const value = Number(match[1]) * units[match[2]!]!;
	return value > 0 ? value : undefined;
}
