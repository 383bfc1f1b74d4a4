import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { FUZZ_TARGETS } from "./fuzz-targets.ts";

/** What the fuzzing thread is given. */
export interface FuzzTask {
	readonly names: readonly string[];
	readonly seed: number;
	readonly seconds: number;
	/** Shared: inputs begun, index of the target, seed. */
	readonly place: Int32Array;
	/** One input may take so long, and the process have so much memory. */
	readonly mostMilliseconds: number;
	readonly mostBytes: number;
}

export type FuzzAnswer =
	| { readonly kind: "begun" }
	| { readonly kind: "failure"; readonly name: string; readonly seed: number; readonly problem: string }
	| {
			readonly kind: "done";
			readonly targets: readonly {
				readonly name: string;
				readonly tried: number;
				readonly refused: number;
				readonly slowest: number;
			}[];
	  };

const MOST_MILLISECONDS = 10_000;
const MOST_BYTES = 2 * 2 ** 30;
/** An input that does not come back is ended after so long, in ms. */
const HUNG = 3 * MOST_MILLISECONDS;

/**
 * Hostile inputs for every reader: `npm run fuzz -- [--seconds 60] [--seed S] [TARGET…]`. What a target is given follows from
 * a seed alone, and a failure is told with it: `npm run fuzz -- TARGET --seed S` tries it first. Only a `DeCryptoError` may
 * come out of a reader, and time and memory of each input are bounded. Exit status 1 after a failure.
 */
const { values, positionals } = parseArgs({
	options: { seconds: { type: "string", default: "60" }, seed: { type: "string" } },
	allowPositionals: true,
});
const known = FUZZ_TARGETS.map(({ name }) => name);
const unknown = positionals.filter((name) => !known.includes(name));
const seconds = Number(values.seconds);
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 30) : Number(values.seed);
if (unknown.length > 0 || !(seconds > 0) || !Number.isInteger(seed) || seed < 0 || seed >= 2 ** 31) {
	console.error(`fuzz: [--seconds N] [--seed 0…${2 ** 31 - 1}] [TARGET…]; targets: ${known.join(", ")}`);
	process.exit(2);
}
const names = positionals.length > 0 ? positionals : known;
const place = new Int32Array(new SharedArrayBuffer(12));
console.log(`fuzz: ${seconds} s from seed ${seed}: ${names.join(", ")}`);

const task: FuzzTask = { names, seed, seconds, place, mostMilliseconds: MOST_MILLISECONDS, mostBytes: MOST_BYTES };
const worker = new Worker(new URL("./fuzz-worker.ts", import.meta.url), { workerData: task });
const watch = setInterval(lookForHang, 1000);
let begun = -1;
let begunAt = 0;

worker.on("message", (answer: FuzzAnswer) => {
	if (answer.kind === "failure") tellFailure(answer.name, answer.seed, answer.problem);
	if (answer.kind !== "done") return;
	clearInterval(watch);
	for (const { name, tried, refused, slowest } of answer.targets)
		console.log(`${name.padEnd(12)}${tried} inputs, ${refused} refused, slowest ${slowest.toFixed(0)} ms`);
});
worker.on("error", (error) => {
	tellFailure(names[place[1]!]!, place[2]!, error.stack ?? error.message);
	process.exit(1);
});

function tellFailure(name: string, seed: number, problem: string): void {
	console.error(`fuzz: ${name}: ${problem}\nfuzz: again with     npm run fuzz -- ${name} --seed ${seed}`);
	process.exitCode = 1;
}

function lookForHang(): void {
	const count = Atomics.load(place, 0);
	if (count !== begun || count === 0) {
		begun = count;
		begunAt = performance.now();
	} else if (performance.now() - begunAt > HUNG) {
		tellFailure(names[place[1]!]!, place[2]!, `not back after ${HUNG / 1000} s`);
		process.exit(1);
	}
}
