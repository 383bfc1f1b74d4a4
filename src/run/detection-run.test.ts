import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createCounters } from "../bytes/counters.ts";
import { DEFAULT_OPTIONS } from "../detect/options.ts";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { minerFlow } from "../report/reported-flow.testing.ts";
import { type DecidedBatch, type VerdictSink, verdictSink } from "../report/verdict-sink.ts";
import { Decider } from "./decider.ts";
import { type DetectionRun, exitStatus, type RunOutcome, runDetection } from "./detection-run.ts";
import { makeDetector } from "./detector-recipe.ts";
import { DetectorFailure, SinkFailure, SourceFailure } from "./failure.ts";
import { LocalPipeline } from "./local-pipeline.ts";

const model = fileURLToPath(new URL("../../models/default.model", import.meta.url));
const detector = makeDetector({ model, options: DEFAULT_OPTIONS });
const folder = mkdtempSync(join(tmpdir(), "decrypto-run-"));
after(() => rmSync(folder, { recursive: true }));

/** A source of batches with one miner each; it ends, fails, or waits until it is stopped. */
class MadeUp implements FlowSource {
	readonly counters = createCounters();
	readonly name: string;
	readonly #batches: number;
	readonly #end: "end" | "fail" | "wait";
	#wake = (): void => {};
	isStopped = false;
	isDisposed = false;

	constructor(name: string, batches: number, end: "end" | "fail" | "wait") {
		this.name = name;
		this.#batches = batches;
		this.#end = end;
	}

	async *[Symbol.asyncIterator]() {
		for (let k = 0; k < this.#batches; k++) {
			await new Promise((resolve) => setTimeout(resolve, 1));
			yield { ...columnsOfFlows([minerFlow]), firstIndex: k };
		}
		if (this.#end === "fail") throw new Error(`${this.name} broke`);
		if (this.#end === "wait" && !this.isStopped)
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
	}

	stop(): void {
		this.isStopped = true;
		this.#wake();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.isDisposed = true;
	}
}

interface Ran {
	readonly outcome: RunOutcome;
	readonly written: string[];
	readonly failures: string[];
}

async function ran(sources: readonly MadeUp[], parts: Partial<DetectionRun> = {}, sink?: VerdictSink): Promise<Ran> {
	const written: string[] = [];
	const failures: string[] = [];
	const gathering = verdictSink("gathering", {
		async write(batch) {
			for (const i of batch.reported) written.push(`${batch.input} ${batch.indexOf(i)}`);
		},
		async close() {},
	});
	const outcome = await runDetection({
		names: sources.map(({ name }) => name),
		async open({ name }) {
			const source = sources.find((source) => source.name === name)!;
			const opened = { source, isCapture: false, isLive: false };
			return new LocalPipeline({ name, opened, decider: new Decider(detector) });
		},
		outlets: [{ sink: sink ?? gathering, onFailure: "stop" }],
		observer: { failed: (failure) => failures.push(`${failure.place}: ${failure.message}`) },
		...parts,
	});
	return { outcome, written, failures };
}

describe("a run", () => {
	test("writes files in their order, and tells what they came to", async () => {
		const { outcome, written } = await ran([new MadeUp("a", 2, "end"), new MadeUp("b", 1, "end")]);
		assert.deepEqual(written, ["a 0", "a 1", "b 0"]);
		assert.deepEqual([outcome.totals.inputs, outcome.totals.flows, outcome.totals.miner_flows], [2, 3, 3]);
		assert.equal(exitStatus(outcome, false), 0);
		assert.equal(exitStatus(outcome, true), 3);
	});

	test("keeps the order of files that are opened ahead, failures included", async () => {
		const sources = [new MadeUp("a", 3, "fail"), new MadeUp("b", 1, "end"), new MadeUp("c", 1, "end")];
		const { written, failures, outcome } = await ran(sources, { filesAtOnce: 3 });
		assert.deepEqual(written, ["a 0", "a 1", "a 2", "b 0", "c 0"]);
		assert.deepEqual(failures, ["source: a broke"]);
		assert.ok(outcome.failures[0] instanceof SourceFailure);
		assert.ok(sources.every(({ isDisposed }) => isDisposed));
		assert.equal(exitStatus(outcome, false), 1);
	});

	test("serves inputs without an end at the same time; one that fails does not affect the others", async () => {
		const end = new AbortController();
		const sources = [
			new MadeUp("ipfix+tcp://127.0.0.1:1", 1, "wait"),
			new MadeUp("ipfix+tcp://127.0.0.1:2", 1, "fail"),
			new MadeUp("ipfix+tcp://127.0.0.1:3", 2, "wait"),
			new MadeUp("file", 2, "end"),
		];
		setTimeout(() => end.abort(), 300);
		const { written, failures } = await ran(sources, { signal: end.signal });
		assert.equal(written.length, 6);
		assert.deepEqual(failures, ["source: ipfix+tcp://127.0.0.1:2 broke"]);
	});

	test("ends where an output fails that must not, tells it once and not as an input's", async () => {
		let closed = 0;
		const broken = verdictSink("broken", {
			async write() {
				throw new Error("no space");
			},
			async close() {
				closed++;
			},
		});
		const sources = [new MadeUp("a", 3, "end"), new MadeUp("u:live", 1, "wait"), new MadeUp("b", 3, "end")];
		const { failures, outcome } = await ran(sources, {}, broken);
		assert.deepEqual(failures, ["sink: no space"]);
		assert.ok(outcome.failures[0] instanceof SinkFailure);
		assert.equal(closed, 0, "what failed is not written to any more");
		assert.equal(broken.health().state, "failed");
		assert.equal(exitStatus(outcome, false), 1);
	});

	test("goes on where an output may lose batches, and counts them", async () => {
		const lossy = verdictSink("lossy", {
			async write({ input }: DecidedBatch) {
				if (input === "a") throw new Error("not now");
			},
			async close() {},
		});
		const warnings: string[] = [];
		const { outcome } = await ran([new MadeUp("a", 2, "end"), new MadeUp("b", 1, "end")], {
			outlets: [{ sink: lossy, onFailure: "drop" }],
			observer: { warned: (line) => warnings.push(line) },
		});
		assert.deepEqual(outcome.failures, []);
		assert.deepEqual(lossy.counters, { flows: 1, failures: 2 });
		assert.equal(lossy.health().state, "ok");
		assert.deepEqual(warnings, ["lossy: not now", "lossy: not now"]);
	});

	test("tells a fault of the detector from one of the input", async () => {
		const source = new MadeUp("a", 1, "end");
		const decider = new Decider(detector);
		decider.decide = () => assert.fail("a fault of ours");
		const opened = { source, isCapture: false, isLive: false };
		const { outcome } = await ran([source], {
			open: async () => new LocalPipeline({ name: "a", opened, decider }),
		});
		assert.ok(outcome.failures[0] instanceof DetectorFailure);
	});
});
