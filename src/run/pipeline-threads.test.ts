import assert from "node:assert/strict";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { DEFAULT_OPTIONS } from "../detect/options.ts";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import { openInput } from "../input/open-input.ts";
import { createIpfixSink } from "../ipfix/ipfix-sink.ts";
import { reportRecord } from "../report/report-record.ts";
import { minerFlow } from "../report/reported-flow.testing.ts";
import { verdictSink } from "../report/verdict-sink.ts";
import { Decider } from "./decider.ts";
import { makeDetector } from "./detector-recipe.ts";
import type { RunFailure } from "./failure.ts";
import { LocalPipeline } from "./local-pipeline.ts";
import { MergedPipeline } from "./merged-pipeline.ts";
import { forPurpose, type ReadOptions } from "./metering-purpose.ts";
import { Outlets } from "./outlets.ts";
import type { Pipeline } from "./pipeline.ts";
import { PipelineThread } from "./pipeline-thread.ts";
import { PipelineThreads } from "./pipeline-threads.ts";
import { Pipelines } from "./pipelines.ts";

const samples = fileURLToPath(new URL("../../samples", import.meta.url));
const captures = readdirSync(samples)
	.filter((name) => name.includes(".pcap"))
	.map((name) => join(samples, name));
const model = fileURLToPath(new URL("../../models/default.model", import.meta.url));
const recipe = { model, options: DEFAULT_OPTIONS };
const decision = { recipe, wantsDissents: false };
const options: ReadOptions = {
	metering: { payloadBytes: 512, handshakes: true, vlan: true },
	purpose: "detection",
};
const folder = mkdtempSync(join(tmpdir(), "decrypto-pipelines-"));
after(() => rmSync(folder, { recursive: true }));

async function reportsOf(pipeline: Pipeline): Promise<string[]> {
	const reports: string[] = [];
	await using _pipeline = pipeline;
	for await (const batch of pipeline)
		for (const i of batch.reported) reports.push(JSON.stringify(reportRecord(batch, i)));
	return reports;
}

async function here(name: string): Promise<LocalPipeline> {
	const opened = (await openInput({ name }, forPurpose(options)))!;
	return new LocalPipeline({ name, opened, decider: new Decider(makeDetector(recipe)) });
}

describe("a pipeline on another thread", () => {
	test("reports what one on this thread reports, and counts alike", async () => {
		await using thread = new PipelineThread();
		await thread.decideBy(decision);
		for (const name of captures) {
			const [there, alone] = [(await thread.open({ name }, options))!, await here(name)];
			assert.deepEqual(await reportsOf(there), await reportsOf(alone), name);
			assert.deepEqual(there.counters, alone.counters);
		}
	});

	test("in shards reports each flow once, under its position among all", async () => {
		const name = captures.find((path) => path.includes("monero-xmrig"))!;
		const threads = [new PipelineThread(), new PipelineThread()];
		await Promise.all(threads.map((thread) => thread.decideBy(decision)));
		const shards = threads.map((thread, i) => {
			const shard = { begin: i * 32768, end: (i + 1) * 32768 };
			const metering = { ...options.metering, shard, packetsPerRound: 1000 };
			return thread.open({ name }, { ...options, metering }, { givesEmpty: true });
		});
		const merged = new MergedPipeline((await Promise.all(shards)).map((shard) => shard!));
		const alone = await here(name);
		const [reports, expected] = [await reportsOf(merged), await reportsOf(alone)];
		const without = (report: string) => report.replace(/"index":\d+/, "");
		assert.deepEqual(reports.map(without).sort(), expected.map(without).sort());
		const indices = reports.map((report) => JSON.parse(report).index as number);
		assert.equal(new Set(indices).size, indices.length);
		assert.ok(Math.max(...indices) < alone.counters.decided.flows);
		assert.deepEqual(merged.counters.decided, alone.counters.decided);
		assert.equal(merged.counters.source.packets, alone.counters.source.packets);
		for (const thread of threads) await thread[Symbol.asyncDispose]();
	});

	test("keeps deciding as before where it is given a detector that cannot be made", async () => {
		await using thread = new PipelineThread();
		await thread.decideBy(decision);
		await assert.rejects(thread.decideBy({ ...decision, recipe: { ...recipe, model: "/nowhere" } }), /no such file/);
		const pipeline = (await thread.open({ name: captures[0]! }, options))!;
		assert.deepEqual(await reportsOf(pipeline), await reportsOf(await here(captures[0]!)));
	});

	test("that ends takes its inputs with it, and is told", async () => {
		const thread = new PipelineThread();
		await thread.decideBy(decision);
		const pipeline = (await thread.open({ name: "ipfix+tcp://127.0.0.1:0" }, options))!;
		const reports = reportsOf(pipeline);
		await thread[Symbol.asyncDispose]();
		await assert.rejects(reports, { place: "source", code: "thread" });
		assert.equal(pipeline.health().state, "failed");
	});
});

describe("the pipelines of a daemon", () => {
	const ports: number[] = [];
	const address = (k: number) => `ipfix+tcp://127.0.0.1:${ports[k]}`;
	before(async () => {
		ports.push(await freePort(), await freePort());
	});

	test("are served at the same time, added, removed, restarted and given another detector without losing a flow", async () => {
		const inputs: string[] = [];
		const failures: RunFailure[] = [];
		const sink = verdictSink("gathering", {
			async write(batch) {
				for (const _ of batch.reported) inputs.push(batch.input);
			},
			async close() {},
		});
		const observer = { failed: (failure: RunFailure) => failures.push(failure) };
		await using threads = new PipelineThreads(2);
		const backoff = { first: 20, last: 40, forgetAfter: 10_000 };
		const outlets = new Outlets([{ sink, onFailure: "drop" }], observer);
		await using pipelines = new Pipelines({ threads, outlets, observer, backoff });
		await pipelines.decideBy(decision);
		pipelines.add({ input: address(0), options });
		pipelines.add({ input: "follow:/nowhere", options });
		assert.throws(() => pipelines.add({ input: address(0), options }), /named twice/);
		await until(() => pipelines.statuses()[0]!.state === "running");
		await send(address(0));
		await until(() => inputs.length === 1);
		pipelines.add({ input: address(1), options });
		await until(() => pipelines.statuses()[2]!.state === "running");
		await send(address(1));
		await until(() => inputs.length === 2);
		await pipelines.decideBy({ ...decision, recipe: { ...recipe, options: { ...DEFAULT_OPTIONS, cache: true } } });
		await assert.rejects(pipelines.decideBy({ ...decision, recipe: { ...recipe, model: "/nowhere" } }));
		await send(address(0));
		await until(() => inputs.length === 3);
		await until(() => pipelines.statuses()[1]!.restarts >= 2);
		assert.equal(pipelines.health().state, "failed");
		assert.match(failures[0]!.message, /no such directory/);
		await pipelines.restart(address(1));
		await until(() => pipelines.statuses().at(-1)!.state === "running");
		await send(address(1));
		await until(() => inputs.length === 4);
		await pipelines.remove("follow:/nowhere");
		await pipelines.remove(address(0));
		assert.deepEqual(
			pipelines.statuses().map(({ input, state }) => [input, state]),
			[[address(1), "running"]],
		);
		assert.deepEqual(inputs, [address(0), address(1), address(0), address(1)]);
	});
});

test("a directory that is followed gives the files that come, and passes over those of no known kind", async () => {
	const directory = join(folder, "spool");
	const capture = captures[0]!;
	mkdirSync(directory);
	cpSync(capture, join(directory, "a.pcap"));
	const opened = (await openInput({ name: `follow:${directory}` }, { metering: {} }))!;
	const { counters } = opened.source;
	const indices: number[] = [];
	const reading = (async () => {
		for await (const { firstIndex, length } of opened.source) {
			for (let i = 0; i < length; i++) indices.push(firstIndex + i);
		}
	})();
	writeFileSync(join(directory, "b.txt"), "no flows");
	cpSync(capture, join(directory, "c.pcap"));
	try {
		await until(() => counters.flows > 0);
		await sleep(2000);
	} finally {
		opened.source.stop();
	}
	await reading;
	const alone = await here(capture);
	await reportsOf(alone);
	assert.deepEqual(indices, [...Array(2 * alone.counters.decided.flows).keys()]);
	assert.equal(counters.packets, 2 * alone.counters.source.packets);
});

async function send(address: string): Promise<void> {
	const exporter = await createIpfixSink(address);
	await exporter.write(columnsOfFlows([minerFlow]));
	await exporter.close();
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, "close");
	return port;
}

async function until(isTrue: () => boolean): Promise<void> {
	const end = performance.now() + 20_000;
	while (!isTrue()) {
		assert.ok(performance.now() < end, `waited for ${isTrue}`);
		await sleep(10);
	}
}
