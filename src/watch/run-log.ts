import { totalMalformed } from "../bytes/counters.ts";
import type { Log } from "../bytes/log.ts";
import type { RunObserver } from "../run/run-observer.ts";

/** What pipelines tell, as lines of the log. */
export function runLog(log: Log): RunObserver {
	return {
		inputOpened: (input) => log.info("input", `${input} is open`, { input }),
		warned: (line) => log.warn("input", line),
		failed(failure) {
			const { component: input, message, place } = failure;
			const what = place === "detector" ? "the detector failed" : "it failed";
			log.error("input", `${input}: ${what}, and is started again later: ${message}`, { input, place });
		},
		inputEnded(input, counters) {
			const malformed = totalMalformed(counters);
			const words = `${input} ended after ${counters.flows} flows; ${malformed} records or packets could not be used`;
			log.info("input", words, { input, flows: counters.flows, malformed });
		},
	};
}
