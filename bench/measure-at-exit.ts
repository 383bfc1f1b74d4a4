import { writeSync } from "node:fs";

/**
 * Loaded before a program (`--import`): at exit it writes the resources used to descriptor 3, as one JSON object: the
 * largest resident memory in bytes and the processor time in seconds.
 */
process.on("exit", () => {
	const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
	writeSync(3, JSON.stringify({ peak: maxRSS * 1024, processor: (userCPUTime + systemCPUTime) / 1e6 }));
});
