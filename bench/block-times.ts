import { markdownTable } from "../lab/markdown-table.ts";
import { Random } from "../lab/random.ts";
import { sharedPath } from "../lab/shared-data.ts";
import {
	type ObservedPushes,
	testBlockTimes,
	WINDOW_OF_PUSHES,
	windowFor,
} from "../src/detect/block-times/block-time-test.ts";
import { significanceOf } from "../src/detect/block-times/significance.ts";
import { intersection, unionOfSpans } from "../src/detect/block-times/spans.ts";
import { clopperPearson } from "../src/evaluate/interval.ts";
import { type MinerCapture, minerCaptures, ordinaryPushes } from "./block-time-captures.ts";
import { blocksOf, ORDINARY_SESSION, observedSession, type SessionTraits } from "./block-time-sessions.ts";

// Measures the test of block times: `node bench/block-times.ts [SESSIONS]`. Tables in Markdown on standard output.

const SECOND = 1e6;
const MINUTE = 60 * SECOND;
const MONERO = 120 * SECOND;
const sessions = Number(process.argv[2] ?? 200);
const random = new Random(26);

power();
await realMiners();
await ordinaryFlows();
calibration();

/** The share of sessions found: by the single exact test at 1e-6, and by the watch, which corrects for its looks. */
function power(): void {
	const variants: Readonly<Record<string, Partial<SessionTraits>>> = {
		"no refresh": {},
		"refresh 60 s": { refresh: 60 },
		"refresh 30 s": { refresh: 30 },
		"half of the blocks missed": { missed: 0.5 },
		"a share every 3 s (workers)": { shareInterval: 3 },
		"latency up to 6 s": { latency: [0.2, 6] },
		"split in 4 packets": { packetsPerMessage: 4 },
		"sampled 1:2": { sampling: 2 },
		"sampled 1:10": { sampling: 10 },
		"packet lists only": { isListOnly: true },
	};
	const minutes = [10, 30, 60, 120];
	for (const interval of [12, 60, 120, 600]) {
		const latency: readonly [number, number] = interval === 12 ? [0.05, 0.6] : ORDINARY_SESSION.latency;
		const rows = Object.entries(variants).map(([name, traits]) => {
			const cells = minutes.map((length) =>
				powerOf({ ...ORDINARY_SESSION, latency, ...traits }, interval * SECOND, length * MINUTE),
			);
			return [name, ...cells];
		});
		print(`Power, a block every ${interval} s: single test / corrected`, [
			["session", ...minutes.map((each) => `${each} min`)],
			...rows,
		]);
	}
}

function powerOf(traits: SessionTraits, interval: number, length: number): string {
	const window = windowFor(WINDOW_OF_PUSHES, interval);
	let single = 0;
	let corrected = 0;
	for (let k = 0; k < sessions; k++) {
		const blocks = blocksOf(random, interval, length);
		const observed = observedSession(random, blocks, length, traits);
		// The clock is another miner of an ordinary pool.
		const clock = blocks.map(
			(at) => at + random.uniform(...ORDINARY_SESSION.latency) * Math.min(1, interval / MONERO) * SECOND,
		);
		clock.sort((a, b) => a - b);
		if (testBlockTimes(observed, clock, window).logP <= Math.log(1e-6)) single++;
		const look = 1 + Math.max(0, Math.floor(Math.log(length / (5 * MINUTE)) / Math.log(Math.SQRT2)));
		const options = { window, isClockOfPushes: true, look, tests: 1 };
		if (significanceOf(observed, clock, options).logCorrected <= Math.log(1e-6)) corrected++;
	}
	return `${(single / sessions).toFixed(2)} / ${(corrected / sessions).toFixed(2)}`;
}

async function realMiners(): Promise<void> {
	const folder = sharedPath("data/captures/cj-sniffer");
	if (folder === undefined) return console.log("Real miners: skipped, the captures are not there\n");
	const captures = await minerCaptures(folder);
	const hours = captures.reduce((sum, { history }) => sum + history.observedTime, 0) / (60 * MINUTE);
	const blocks = captures.reduce((sum, each) => sum + each.blocks.length, 0);
	const pushed = captures.reduce(
		(sum, each) => sum + each.blocks.filter((at) => isNear(each.history.pushes, at)).length,
		0,
	);
	console.log(`Real miners: ${captures.length} captures, ${hours.toFixed(1)} h, ${blocks} blocks`);
	console.log(`${pushed} of ${blocks} blocks arrive as pushes (${((100 * pushed) / blocks).toFixed(1)} %)`);
	console.log(`${heightsOfTwo(captures)}\n`);
	const rows = [10, 30, 60].map((minutes) => {
		const windows = captures.flatMap((capture) => windowsOf(capture, minutes * MINUTE));
		const found = windows.filter(
			({ observed, clock }) => testBlockTimes(observed, clock, WINDOW_OF_PUSHES).logP <= Math.log(1e-6),
		);
		let unrelated = 0;
		for (const { observed } of windows) {
			const { begins, ends } = observed.spans;
			const clock = blocksOf(random, MONERO, ends.at(-1)! - begins[0]!).map((at) => at + begins[0]!);
			if (testBlockTimes(observed, clock, WINDOW_OF_PUSHES).logP <= Math.log(1e-4)) unrelated++;
		}
		return [`${minutes} min`, share(found.length, windows.length), share(unrelated, windows.length)];
	});
	print("Real miners by windows", [
		["window", "own heights, jittered by 0.7 s: p ≤ 1e-6", "unrelated clock: p ≤ 1e-4"],
		...rows,
	]);
}

/** Heights that two captures saw, and how far apart. */
function heightsOfTwo(captures: readonly MinerCapture[]): string {
	const distances: number[] = [];
	for (const [k, a] of captures.entries()) {
		for (const b of captures.slice(k + 1)) {
			for (const [height, at] of a.heights) {
				const other = b.heights.get(height);
				if (other !== undefined && b.blocks.includes(other) && a.blocks.includes(at))
					distances.push(Math.abs(at - other) / SECOND);
			}
		}
	}
	const near = distances.filter((each) => each < 0.7).length;
	return `${distances.length} heights were seen by two captures, ${near} of them within 0.7 s`;
}

interface Window {
	readonly observed: ObservedPushes;
	readonly clock: readonly number[];
}

function windowsOf({ history, blocks }: MinerCapture, length: number): Window[] {
	const windows: Window[] = [];
	const { begins, ends } = history.spans;
	for (let from = begins[0]!; from + length <= ends.at(-1)!; from += length) {
		const spans = intersection(history.spans, unionOfSpans([[from, from + length]]));
		const pushes = history.pushes.filter((at) => at >= from && at <= from + length);
		const clock = blocks
			.map((at) => at + random.normal(0, 0.7 * SECOND))
			.filter((at) => at >= from && at <= from + length);
		clock.sort((a, b) => a - b);
		if (pushes.length >= 3) windows.push({ observed: { pushes, spans }, clock });
	}
	return windows;
}

async function ordinaryFlows(): Promise<void> {
	const [folder, manifest] = [sharedPath("data/captures"), sharedPath("data/captures/MANIFEST.csv")];
	if (folder === undefined || manifest === undefined)
		return console.log("Ordinary flows: skipped, the captures are not there\n");
	const flows = await ordinaryPushes(folder, manifest, 3);
	const rows = [30, 60, 120].flatMap((minutes) =>
		[12, 120].map((interval) => {
			const window = windowFor(WINDOW_OF_PUSHES, interval * SECOND);
			let [total, below4, below6] = [0, 0, 0];
			for (const history of flows) {
				for (let k = 0; k < sessions / 2; k++) {
					const observed = tiled(history, minutes * MINUTE);
					const clock = blocksOf(random, interval * SECOND, minutes * MINUTE);
					const { logP } = testBlockTimes(observed, clock, window);
					total++;
					if (logP <= Math.log(1e-4)) below4++;
					if (logP <= Math.log(1e-6)) below6++;
				}
			}
			return [`${minutes} min`, `${interval} s`, share(below4, total), share(below6, total)];
		}),
	);
	print(`False positives over ${flows.length} ordinary flows with three or more pushes, tiled`, [
		["length", "block every", "p ≤ 1e-4", "p ≤ 1e-6"],
		...rows,
	]);
}

/** The flow's pushes again and again, from a random place in it, until the length is reached. */
function tiled({ pushes, spans }: ObservedPushes, length: number): ObservedPushes {
	const begin = spans.begins[0]!;
	const period = Math.max(spans.ends.at(-1)! - begin, SECOND);
	const offset = random.uniform(0, period);
	const times: number[] = [];
	for (let base = -offset; base < length; base += period) {
		for (const push of pushes) {
			const at = base + push - begin;
			if (at >= 0 && at <= length) times.push(at);
		}
	}
	return { pushes: times, spans: unionOfSpans([[0, length]]) };
}

/** How often p-values fall below a level, if blocks are independent of bursts of pushes: at most the level. */
function calibration(): void {
	const total = 100 * sessions;
	const levels = Array.from({ length: 13 }, (_, k) => 10 ** (-k / 4));
	const counts = levels.map(() => 0);
	for (let k = 0; k < total; k++) {
		const length = 60 * MINUTE;
		const bursts = blocksOf(random, random.uniform(20, 400) * SECOND, length);
		const pushes = bursts.flatMap((at) => [0, 1, 2].map((n) => at + n * 1.5 * SECOND)).filter((at) => at < length);
		pushes.sort((a, b) => a - b);
		const observed = { pushes, spans: unionOfSpans([[0, length]]) };
		const { logP } = testBlockTimes(observed, blocksOf(random, MONERO, length), WINDOW_OF_PUSHES);
		for (const [n, level] of levels.entries()) if (logP <= Math.log(level)) counts[n]!++;
	}
	console.log(`## Calibration: share of ${total} p-values at or below the level, without any relation\n`);
	for (const [n, level] of levels.entries()) {
		const seen = counts[n]! / total;
		const length = seen === 0 ? 0 : Math.max(0, Math.round(48 + 12 * Math.log10(seen)));
		const diagonal = Math.round(48 + 12 * Math.log10(level));
		const bar = "#".repeat(length).padEnd(49);
		console.log(
			`    ${level.toExponential(1)} ${`${bar.slice(0, diagonal)}|${bar.slice(diagonal + 1)}`} ${seen.toExponential(2)}`,
		);
	}
	console.log("\n    | is the level: no bar may reach beyond it but by chance.");
}

function isNear(pushes: readonly number[], at: number): boolean {
	return pushes.some((push) => Math.abs(push - at) <= 0.5 * SECOND);
}

function share(count: number, total: number): string {
	const { low, high } = clopperPearson(count, total);
	return `${count} of ${total} (${low.toExponential(1)} … ${high.toExponential(1)})`;
}

function print(title: string, rows: string[][]): void {
	console.log(`## ${title}\n\n${markdownTable(rows).join("\n")}\n`);
}
