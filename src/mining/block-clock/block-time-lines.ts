import type { BlockTime } from "./block-clock.ts";

/** Times before Bitcoin's first block or far in the future are no times of blocks. */
const FIRST_BLOCK = 1_231_006_505e6;
const LAST_TIME = 4_102_444_800e6;

/**
 * Reads one line `coin,time[,height]` of a file or feed of block times. `time`: seconds since the epoch, with a fraction if
 * known, or RFC 3339. Undefined for an empty line, a comment (`#`) and the header; a sentence where the line is not one.
 */
export function readBlockTimeLine(line: string, source: string): BlockTime | string | undefined {
	const text = line.trim();
	if (text === "" || text.startsWith("#") || /^coin\s*,/i.test(text)) return undefined;
	const [coin, time, height, ...rest] = text.split(",").map((part) => part.trim());
	if (!coin || !time || rest.length > 0) return "expected coin,time[,height]";
	const at = /^\d+(\.\d+)?$/.test(time) ? Number(time) * 1e6 : Date.parse(time) * 1e3;
	if (!(at >= FIRST_BLOCK && at <= LAST_TIME)) return `not a time of a block: ${time.slice(0, 40)}`;
	if (height !== undefined && height !== "" && !/^\d{1,10}$/.test(height))
		return `not a height: ${height.slice(0, 40)}`;
	return { coin: coin.slice(0, 40), time: at, source, ...(height ? { height: Number(height) } : {}) };
}
