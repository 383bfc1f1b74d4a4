import { parentPort, workerData } from "node:worker_threads";
import { DeCryptoError } from "../src/bytes/error.ts";
import type { FuzzAnswer, FuzzTask } from "./fuzz.ts";
import { FUZZ_TARGETS } from "./fuzz-targets.ts";

/** A turn of one target before the next has its turn, in ms. */
const TURN = 250;

const { names, seed: firstSeed, seconds, place, mostMilliseconds, mostBytes } = workerData as FuzzTask;
const say = (answer: FuzzAnswer) => parentPort!.postMessage(answer);
const targets = await Promise.all(
	names.map(async (name) => {
		const target = FUZZ_TARGETS.find((each) => each.name === name)!;
		return { name, trial: await target.open(), tried: 0, refused: 0, slowest: 0 };
	}),
);
say({ kind: "begun" });
const deadline = performance.now() + seconds * 1000;
let failed = false;
while (!failed && performance.now() < deadline) {
	for (const [index, target] of targets.entries()) {
		const until = Math.min(deadline, performance.now() + TURN);
		do failed = !(await tryOne(index, firstSeed + target.tried));
		while (!failed && performance.now() < until);
		if (failed) break;
	}
}
say({ kind: "done", targets: targets.map(({ name, tried, refused, slowest }) => ({ name, tried, refused, slowest })) });

/** False after a failure, which is told. `place` tells the other thread where this one is, should it not come back. */
async function tryOne(index: number, seed: number): Promise<boolean> {
	const target = targets[index]!;
	place[1] = index;
	place[2] = seed;
	Atomics.add(place, 0, 1);
	const begun = performance.now();
	let problem: string | undefined;
	try {
		await target.trial(seed);
	} catch (error) {
		if (error instanceof DeCryptoError) target.refused++;
		else problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
	}
	const elapsed = performance.now() - begun;
	target.tried++;
	target.slowest = Math.max(target.slowest, elapsed);
	if (elapsed > mostMilliseconds) problem ??= `took ${Math.round(elapsed)} ms`;
	const memory = process.memoryUsage.rss();
	if (memory > mostBytes) problem ??= `the process has ${Math.round(memory / 2 ** 20)} MiB`;
	if (problem !== undefined) say({ kind: "failure", name: target.name, seed, problem });
	return problem === undefined;
}
