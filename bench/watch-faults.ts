/**
 * Signals at random moments against a daemon that is being notified of miners: `node bench/watch-faults.ts [SIGNALS] [SEED]`.
 * Prints what was lost and what was notified under two identifiers; exits with 1 if anything was.
 */
import { spawnSync } from "node:child_process";
import { TestPlace } from "../src/watch/daemon.testing.ts";
import { type Fault, sufferFaults } from "../src/watch/faults.testing.ts";

const count = Number(process.argv[2] ?? 200);
const seed = Number(process.argv[3] ?? 1);
const SIGNALS: readonly Fault[] = ["SIGKILL", "SIGTERM", "SIGHUP"];

/** A number 0 … 1 that depends on seed and index only (the fractional part of multiples of the golden ratio). */
const random = (index: number): number => ((index + seed * 1000) * 0.618_033_988_75) % 1;

await using place = new TestPlace();
const capture = process.getuid?.() === 0 && spawnSync("tcpdump", ["--version"]).status === 0;
const { ends, notified, lost, orphans } = await sufferFaults({
	place,
	faults: Array.from({ length: count }, (_, k) => SIGNALS[Math.floor(random(k) * SIGNALS.length)]!),
	after: (round) => 800 * random(3 * round + 1),
	capture,
	tell: (line) => process.stderr.write(`${line}\n`),
});
const doubled = [...notified].filter(([, ids]) => ids.size > 1);
const wrongEnds = ends.filter(({ fault, end }) => end !== (fault === "SIGTERM" ? 0 : fault));
console.log(`signals                    ${count}${capture ? ", with a live capture" : ""}`);
console.log(`hosts notified             ${notified.size}`);
console.log(`notified, not in the store ${lost.length}`);
console.log(`notified under two ids     ${doubled.length}`);
console.log(`other exit than documented ${wrongEnds.length}`);
console.log(`tools that outlived it     ${orphans.length}`);
if (lost.length + doubled.length + wrongEnds.length + orphans.length > 0) process.exitCode = 1;
