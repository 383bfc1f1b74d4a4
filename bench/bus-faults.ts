import { FAULTS, type Fault, type FaultOutcome, runFault } from "../lab/bus-faults.ts";

/**
 * The long form of the fault tests: `node bench/bus-faults.ts [TIMES] [FAULT…]`, 50 times each by default, at random moments,
 * with real servers on loopback. Prints one line per fault: what was lost (0), and the gaps.
 */
const [times = "50", ...named] = process.argv.slice(2);
const faults = named.length > 0 ? FAULTS.filter((fault) => named.includes(fault)) : FAULTS;
for (const fault of faults) await repeat(fault, Number(times));

type Figure = Exclude<keyof FaultOutcome, "differences">;

async function repeat(fault: Fault, count: number): Promise<void> {
	const outcomes: FaultOutcome[] = [];
	while (outcomes.length < count) {
		const outcome = await runFault(fault, 0.1 + 0.7 * Math.random());
		outcomes.push(outcome);
		if (outcome.lost + outcome.wrongIncidents + outcome.repeatedEvents + outcome.missingEvents > 0)
			console.log(`${fault}: ${JSON.stringify(outcome)}`);
	}
	const sum = (key: Figure) => outcomes.reduce((total, outcome) => total + outcome[key], 0);
	const gap = (key: Figure) => {
		const sorted = outcomes.map((outcome) => outcome[key]).sort((a, b) => a - b);
		const seconds = (ms: number) => (ms / 1000).toFixed(1);
		return `median ${seconds(sorted[sorted.length >> 1]!)} s, worst ${seconds(sorted.at(-1)!)} s`;
	};
	console.log(
		`${fault}, ${count} times: accepted ${sum("accepted")}, lost ${sum("lost")}, wrong incidents ${sum("wrongIncidents")}, ` +
			`events repeated ${sum("repeatedEvents")}, missing ${sum("missingEvents")}; ` +
			`publish gap ${gap("longestPublish")}; without owner ${gap("longestUnowned")}`,
	);
}
