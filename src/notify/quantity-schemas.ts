import { z } from "zod";
import { parseDuration, parseSize } from "./quantities.ts";

/** A duration as people write it; milliseconds. */
export const duration = z
	.string()
	.meta({ pattern: "^\\d{1,12}(\\.\\d{1,6})? ?(ms|s|m|h|d)$", examples: ["30s", "15m", "1h", "7d"] })
	.transform((text, context) => {
		const value = parseDuration(text);
		if (value !== undefined) return value;
		context.addIssue(`expected a duration such as 30s, 15m, 1h or 7d, found "${text}"`);
		return z.NEVER;
	});

/** A size as people write it; bytes. */
export const size = z
	.string()
	.meta({ pattern: "^\\d{1,12}(\\.\\d{1,6})? ?(B|kB|MB|GB|KiB|MiB|GiB)$", examples: ["64KiB", "100MiB"] })
	.transform((text, context) => {
		const value = parseSize(text);
		if (value !== undefined) return value;
		context.addIssue(`expected a size such as 64KiB or 100MiB, found "${text}"`);
		return z.NEVER;
	});
