import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { UsageError } from "../bytes/error.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import { openInput } from "../input/open-input.ts";
import { SourceThread } from "./threaded-source.ts";

const program = fileURLToPath(new URL("../../bin/decrypto.js", import.meta.url));
const samples = fileURLToPath(new URL("../../samples", import.meta.url));
const captures = readdirSync(samples)
	.filter((name) => name.includes(".pcap"))
	.map((name) => join(samples, name));
const folder = mkdtempSync(join(tmpdir(), "decrypto-threads-"));
after(() => rmSync(folder, { recursive: true }));

interface Ended {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

function decrypto(args: readonly string[], signalAfter?: number): Promise<Ended> {
	const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
	const texts = { stdout: "", stderr: "" };
	child.stdout.setEncoding("utf8").on("data", (text) => {
		texts.stdout += text;
	});
	child.stderr.setEncoding("utf8").on("data", (text) => {
		texts.stderr += text;
	});
	if (signalAfter !== undefined) setTimeout(() => child.kill("SIGTERM"), signalAfter);
	return new Promise((resolve) => child.on("close", (status) => resolve({ status, ...texts })));
}

describe("two threads say what one says, in the same order:", () => {
	const inputs: Record<string, string[]> = {
		"the captures of samples": captures,
		"a trapcap of metered flows": [join(folder, "flows.trapcap")],
		"their CSV": [join(folder, "flows.csv")],
		"an input that does not exist, between two that do": [captures[0]!, join(folder, "nowhere.pcap"), captures[1]!],
		"flows where packets are wanted": [join(folder, "flows.csv"), "--bpf", "tcp"],
		"a directory": [samples],
	};
	before(async () => {
		for (const output of ["flows.trapcap", "flows.csv"]) {
			await decrypto(["meter", ...captures, "--threads", "2", "--output", join(folder, output)]);
			await decrypto(["meter", ...captures, "--output", join(folder, `one-${output}`)]);
		}
	});

	for (const [name, args] of Object.entries(inputs)) {
		test(name, async () => {
			const one = await decrypto(["detect", ...args, "--all"]);
			const two = await decrypto(["detect", ...args, "--all", "--threads", "2"]);
			assert.equal(two.stdout, one.stdout);
			assert.equal(two.stderr, one.stderr);
			assert.equal(two.status, one.status);
			assert.ok(one.stdout !== "" || one.stderr !== "");
		});
	}

	test("what was metered", () => {
		for (const output of ["flows.trapcap", "flows.csv"])
			assert.deepEqual(readFileSync(join(folder, output)), readFileSync(join(folder, `one-${output}`)));
	});

	test("records copied bit for bit", async () => {
		for (const threads of ["1", "2"]) {
			const output = join(folder, `miners-${threads}.trapcap`);
			const input = join(folder, "flows.trapcap");
			const { stderr, status } = await decrypto(["detect", input, "--threads", threads, "--output", output]);
			assert.deepEqual({ stderr, status }, { stderr: "", status: 0 });
		}
		assert.deepEqual(readFileSync(join(folder, "miners-2.trapcap")), readFileSync(join(folder, "miners-1.trapcap")));
	});
});

test("SIGTERM ends a source that would wait for ever, in good order", async () => {
	const { stderr, status } = await decrypto(["detect", "ipfix+tcp://127.0.0.1:0", "--threads", "2"], 2500);
	assert.deepEqual({ stderr, status }, { stderr: "", status: 0 });
});

test("a number of threads that nobody has is wrong usage", async () => {
	for (const threads of ["0", "65", "two"]) {
		const { stderr, status } = await decrypto(["detect", captures[0]!, "--threads", threads]);
		assert.match(stderr, /must be a whole number from 1 to 64/);
		assert.equal(status, 2);
	}
});

describe("a thread that reads", () => {
	const options = { metering: { payloadBytes: 512, handshakes: true, vlan: true }, purpose: "export" } as const;
	const [capture] = captures;

	test("gives the batches and the counters that reading here gives", async () => {
		await using thread = new SourceThread();
		for (const name of captures) {
			const there = (await thread.open({ name }, options))!;
			const here = (await openInput({ name }, options))!;
			assert.deepEqual([there.isCapture, there.isLive, there.source.name], [true, false, here.source.name]);
			assert.deepEqual(await scalarsOf(there.source), await scalarsOf(here.source));
			assert.deepEqual(there.source.counters, here.source.counters);
		}
	});

	test("gives errors of the class they had", async () => {
		await using thread = new SourceThread();
		await assert.rejects(thread.open({ name: join(folder, "nowhere") }, options), {
			code: "failed",
			message: /no such file$/,
		});
		const flows = join(folder, "flows.csv");
		await assert.rejects(thread.open({ name: flows }, { ...options, filter: "tcp" }), UsageError);
	});

	test("goes on with the next input where one was left before its end", async () => {
		await using thread = new SourceThread();
		const left = (await thread.open({ name: join(folder, "flows.csv") }, options))!;
		for await (const flows of left.source) {
			assert.ok(flows.length > 0);
			break;
		}
		const unused = (await thread.open({ name: capture! }, options))!;
		assert.equal(unused.isCapture, true);
		const whole = (await thread.open({ name: capture! }, options))!;
		const here = (await openInput({ name: capture! }, options))!;
		assert.deepEqual(await scalarsOf(whole.source), await scalarsOf(here.source));
	});

	test("passes over a file of a directory that is of no known kind", async () => {
		await using thread = new SourceThread();
		const name = fileURLToPath(import.meta.url);
		assert.equal(await thread.open({ name, directory: import.meta.dirname }, options), undefined);
	});
});

async function scalarsOf(source: AsyncIterable<FlowColumns>): Promise<unknown[]> {
	const rows: unknown[] = [];
	for await (const { length, firstIndex, bytes, timeFirst, sourcePort, payload } of source) {
		for (let i = 0; i < length; i++) {
			const first = payload.values.slice(payload.offsets[i], payload.offsets[i + 1]);
			rows.push([firstIndex + i, bytes[i], timeFirst[i], sourcePort[i], Buffer.from(first).toString("hex")]);
		}
	}
	return rows;
}
