import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { type Fault, runFault } from "../../lab/bus-faults.ts";
import { withoutNats } from "./nats-servers.testing.ts";

/** Each takes half a minute; `node bench/bus-faults.ts` has the others, repeats all, and measures the gaps. */
const IN_SUITE: readonly Fault[] = ["kill a worker", "kill the sensor", "kill the watch"];

for (const fault of IN_SUITE) {
	test(`${fault}: nothing accepted is lost, no incident lacks or is told twice`, { skip: withoutNats }, async (t) => {
		const outcome = await runFault(fault, 0.1 + 0.7 * Math.random());
		const { lost, wrongIncidents, repeatedEvents, missingEvents, differences, longestPublish, longestUnowned } =
			outcome;
		t.diagnostic(`publish gap ${longestPublish.toFixed(0)} ms, without owner ${longestUnowned.toFixed(0)} ms`);
		deepEqual(
			{ lost, wrongIncidents, repeatedEvents, missingEvents, differences },
			{ lost: 0, wrongIncidents: 0, repeatedEvents: 0, missingEvents: 0, differences: [] },
		);
	});
}
