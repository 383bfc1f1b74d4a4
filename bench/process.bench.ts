import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { needsShared, sharedPath } from "../lab/shared-data.ts";
import { buildPackage } from "../scripts/build-package.ts";
import { BENCH_PACKETS, benchCapture } from "./meter-capture.ts";

/**
 * The whole program, from start to exit: `decrypto detect FILE --output b:`, with one thread and with two, as
 * published; for the capture also from the sources. Runs alternate, and the best of each is printed: wall-clock time,
 * and in brackets the processor time of all threads, which other load disturbs less.
 */
const ORIGINAL_FLOWS_PER_SECOND = 24_400;
const ROUNDS = 3;
const CORPUS = "golden/detector/inputs/corpus.trapcap.gz";
const CORPUS_FLOWS = 200_000;
const REPEATED = 10;
const FROM_SOURCES = "1 thread, from the sources";

const sources = fileURLToPath(new URL("../bin/decrypto.js", import.meta.url));
const BUILT = `${import.meta.dirname}/.data/built`;
await buildPackage(BUILT);
const built = `${BUILT}/bin/decrypto.js`;
const measureAtExit = new URL("./measure-at-exit.ts", import.meta.url).href;

interface Run {
	readonly seconds: number;
	/** Seconds of all threads together. */
	readonly processor: number;
	/** Largest resident memory in bytes. */
	readonly peak: number;
}

const skip = needsShared("golden/detector");
if (skip) console.log(`flow records: ${skip}`);
else {
	const flows = CORPUS_FLOWS * REPEATED;
	const model = ["-m", sharedPath("golden/detector/model/data_symmetry.pickle")!];
	const file = repeatedCorpus();
	console.log(`${flows} flow records (trapcap), the original's model`);
	await compare(
		{
			"all signals": [file, ...model],
			"all signals, 2 threads": [file, ...model, "--threads", "2"],
			"compat cython0.29": [file, ...model, "--compat", "cython0.29"],
			"compat cython0.29, 2 threads": [file, ...model, "--compat", "cython0.29", "--threads", "2"],
		},
		({ seconds }) => {
			const rate = flows / seconds;
			return `${millions(rate)} million flows/s, ${(rate / ORIGINAL_FLOWS_PER_SECOND).toFixed(1).padStart(5)} times the original`;
		},
	);
	console.log(`  The original: ${ORIGINAL_FLOWS_PER_SECOND} flows/s (measured once, on a machine of this kind).`);
}

const capture = await benchCapture();
console.log(`\n${(BENCH_PACKETS / 1e6).toFixed(1)} million packets (pcap), the model that comes with decrypto`);
await compare(
	{ "1 thread": [capture], "2 threads": [capture, "--threads", "2"], [FROM_SOURCES]: [capture] },
	({ seconds }) => `${millions(BENCH_PACKETS / seconds)} million packets/s`,
);

/** The corpus ten times: its hello once, its containers repeatedly. */
function repeatedCorpus(): string {
	const folder = `${import.meta.dirname}/.data`;
	const path = `${folder}/corpus-${REPEATED}.trapcap`;
	if (existsSync(path)) return path;
	mkdirSync(folder, { recursive: true });
	const corpus = gunzipSync(readFileSync(sharedPath(CORPUS)!));
	// A hello has 8 bytes; the last four are the length of the template after it.
	const containers = 8 + corpus.readUInt32BE(4);
	const file = openSync(`${path}.new`, "w");
	writeSync(file, corpus);
	for (let k = 1; k < REPEATED; k++) writeSync(file, corpus, containers);
	closeSync(file);
	renameSync(`${path}.new`, path);
	return path;
}

async function compare(
	variants: Readonly<Record<string, readonly string[]>>,
	told: (best: Run) => string,
): Promise<void> {
	const runs = new Map<string, Run[]>(Object.keys(variants).map((name) => [name, []]));
	for (let round = 0; round < ROUNDS; round++) {
		for (const [name, args] of Object.entries(variants)) {
			runs.get(name)!.push(await detect(name === FROM_SOURCES ? sources : built, args));
		}
	}
	for (const [name, all] of runs) {
		const seconds = Math.min(...all.map((run) => run.seconds));
		const processor = Math.min(...all.map((run) => run.processor));
		const peak = Math.max(...all.map((run) => run.peak));
		console.log(
			`  ${name.padEnd(30)} ${seconds.toFixed(2).padStart(6)} s (${processor.toFixed(2)} s), ${told({ seconds, processor, peak })}; ` +
				`at most ${Math.round(peak / 1e6)} MB resident`,
		);
	}
}

/** Runs a program to its end. */
function detect(program: string, args: readonly string[]): Promise<Run> {
	const started = performance.now();
	const child = spawn(
		process.execPath,
		["--import", measureAtExit, program, "detect", ...args, "--output", "b:", "--quiet"],
		{ stdio: ["ignore", "ignore", "inherit", "pipe"] },
	);
	let told = "";
	child.stdio[3]!.on("data", (text: Buffer) => {
		told += text.toString();
	});
	return new Promise((resolve, reject) => {
		child.on("close", (status) => {
			const seconds = (performance.now() - started) / 1000;
			if (status === 0) resolve({ seconds, ...(JSON.parse(told) as Omit<Run, "seconds">) });
			else reject(new Error(`decrypto detect ${args.join(" ")}: exit status ${status}`));
		});
	});
}

function millions(rate: number): string {
	return (rate / 1e6).toFixed(2).padStart(5);
}
