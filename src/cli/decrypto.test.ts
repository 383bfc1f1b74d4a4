import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { piecesOf } from "../capture/testing.ts";
import { CSV_KEYS } from "../report/report-record.ts";

const program = fileURLToPath(new URL("../../bin/decrypto.js", import.meta.url));
const samples = fileURLToPath(new URL("../../samples", import.meta.url));
const monero = join(samples, "monero-xmrig.pcap.gz");
const office = join(samples, "office.pcap.gz");
const folder = mkdtempSync(join(tmpdir(), "decrypto-cli-"));
after(() => rmSync(folder, { recursive: true }));

interface Ended {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

interface Feed {
	readonly input?: Uint8Array;
	/** Leaves standard input open, and ends the program by a signal when it has read for so many milliseconds. */
	readonly signalAfter?: number;
}

function decrypto(args: readonly string[], { input, signalAfter }: Feed = {}): Promise<Ended> {
	const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, NO_COLOR: "1" } });
	const texts = { stdout: "", stderr: "" };
	child.stdout.setEncoding("utf8").on("data", (text) => {
		texts.stdout += text;
	});
	child.stderr.setEncoding("utf8").on("data", (text) => {
		texts.stderr += text;
	});
	child.stdin.on("error", () => {});
	if (input) child.stdin.write(input);
	if (signalAfter === undefined) child.stdin.end();
	else setTimeout(() => child.kill("SIGTERM"), signalAfter);
	return new Promise((resolve) => child.on("close", (status) => resolve({ status, ...texts })));
}

function file(name: string, content: Uint8Array | string): string {
	const path = join(folder, name);
	writeFileSync(path, content);
	return path;
}

describe("wrong usage is one line and exit status 2", () => {
	const cases: Readonly<Record<string, [args: string[], says: RegExp]>> = {
		"no input": [["detect"], /missing required argument 'input'/],
		"an unknown option": [["detect", monero, "--quick"], /unknown option '--quick'/],
		"an unknown command": [["find"], /unknown command 'find'/],
		"a threshold above 1": [["detect", monero, "-t", "1.5"], /from 0 to 1/],
		"a threshold below 0": [["detect", monero, "-d", "-0.1"], /from 0 to 1/],
		"a buffer of 0": [["detect", monero, "-b", "0"], /whole number above 0/],
		"a network that is none": [["detect", monero, "--internal", "10.0.0.0/40"], /no network/],
		"a format that is none": [["detect", monero, "--format", "xml"], /Allowed choices are table, ndjson/],
		"an output of unknown kind": [
			["detect", monero, "--output", join(folder, "out.xyz")],
			/its extension tells no format/,
		],
		"labels wanted of a capture": [["detect", monero, "-v"], /a capture has none/],
		"the original's rules without its model": [["detect", monero, "--compat", "cython3"], /name it with -m/],
		"deciding by a list without one": [["detect", monero, "--pools-decide"], /--pools FILE/],
		"flows for the meter": [
			[
				"meter",
				file(
					"flows.csv",
					"BYTES,BYTES_REV,TIME_FIRST,TIME_LAST,PACKETS,PACKETS_REV,DST_PORT,SRC_PORT,PROTOCOL,TCP_FLAGS,TCP_FLAGS_REV\n",
				),
			],
			/flows already/,
		],
	};
	for (const [name, [args, says]] of Object.entries(cases)) {
		test(name, async () => {
			const { status, stderr, stdout } = await decrypto(args);
			assert.match(stderr, says);
			assert.match(stderr, /^decrypto: .*\n(\(Did you mean .*\n)?$/);
			if (args[0] === "detect") assert.equal(stdout, "");
			assert.equal(status, 2);
		});
	}
});

describe("an input that cannot be read is one line and exit status 1, and the others are read", () => {
	const cases: Readonly<Record<string, [path: string, says: RegExp]>> = {
		missing: [join(folder, "nowhere.pcap"), /nowhere\.pcap: no such file/],
		empty: [file("empty.pcap", ""), /empty\.pcap: the file is empty/],
		"no capture": [
			file("notes.pcap", "these are notes, not packets\n"),
			/notes\.pcap: neither a capture .* nor a flow file/,
		],
	};
	for (const [name, [path, says]] of Object.entries(cases)) {
		test(name, async () => {
			const { status, stderr, stdout } = await decrypto(["detect", path, monero]);
			assert.match(stderr, says);
			assert.equal(stderr.trimEnd().split("\n").length, 1);
			assert.ok(stdout.split("\n").length > 2, "the other input's miners are there");
			assert.equal(status, 1);
		});
	}

	test("a model that is none", async () => {
		const { status, stderr } = await decrypto(["detect", monero, "-m", file("model.pickle", "nonsense")]);
		assert.match(stderr, /^decrypto: .*model\.pickle: .*\n$/);
		assert.equal(status, 1);
	});
});

test("--help is enough to work from on every level, --version is the package's", async () => {
	assert.match((await decrypto(["--help"])).stdout, /detect .*\n(.*\n)*Examples:/);
	const { stdout, status } = await decrypto(["detect", "--help"]);
	for (const option of ["--model", "--ml-threshold", "--compat", "--write-pcap", "--fail-on-miner", "Exit status"])
		assert.ok(stdout.includes(option), option);
	assert.equal(status, 0);
	assert.match((await decrypto(["meter", "--help"])).stdout, /--active-timeout/);
	assert.match((await decrypto(["--version"])).stdout, /^\d+\.\d+\.\d+\n$/);
});

test("into a pipe goes one JSON object a line, with the promised keys in their order", async () => {
	const { stdout, stderr, status } = await decrypto(["detect", monero]);
	const records = stdout
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line));
	assert.ok(records.length >= 2);
	for (const record of records) {
		const keys = Object.keys(record).filter((key) => key !== "evidence");
		assert.deepEqual(
			keys,
			CSV_KEYS.filter((key) => key in record),
		);
		assert.equal(record.mining_protocol, "monero-stratum");
	}
	assert.match(records[0].software, /^XMRig/);
	assert.equal(stderr, "");
	assert.equal(status, 0);
});

test("--all reports ordinary flows too, numbered without a gap", async () => {
	const { stdout } = await decrypto(["detect", office, "--all"]);
	const records = stdout
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line));
	assert.deepEqual(
		records.map((record) => record.index),
		[...records.keys()],
	);
	assert.ok(records.every((record) => record.miner === false));
});

test("flow records are decided alike with a buffer and on another thread", async () => {
	const flows = join(folder, "monero.trapcap");
	await decrypto(["meter", monero, "--output", flows]);
	const plain = await decrypto(["detect", flows]);
	const buffered = await decrypto(["detect", flows, "-b", "10", "--threads", "2"]);
	assert.equal(buffered.status, 0, buffered.stderr);
	assert.ok(plain.stdout.length > 0);
	assert.equal(buffered.stdout, plain.stdout);
});

test("--fail-on-miner exits with 3 where there is one, with 0 where there is none", async () => {
	assert.equal((await decrypto(["detect", monero, "--fail-on-miner"])).status, 3);
	assert.equal((await decrypto(["detect", office, "--fail-on-miner"])).status, 0);
});

test("a directory is read whole, what is no traffic passed over", async () => {
	const { stdout, stderr, status } = await decrypto(["detect", samples, "--format", "json"]);
	const { totals, flows } = JSON.parse(stdout);
	assert.ok(totals.inputs >= 6 && totals.packets > 1000);
	assert.equal(flows.length, totals.miner_flows);
	assert.equal(stderr, "");
	assert.equal(status, 0);
});

test("a capture that is cut gives everything up to the cut, and says so", async () => {
	const whole = gunzipSync(readFileSync(monero));
	const { stdout, stderr, status } = await decrypto(["detect", file("cut.pcap", whole.subarray(0, whole.length - 7))]);
	assert.ok(stdout.includes('"miner":true'));
	assert.match(stderr, /^decrypto: .*cut\.pcap: byte \d+: the capture is cut short; read up to there\n$/);
	assert.equal(status, 0);
});

test("standard input is a capture, and SIGTERM gives what was read so far", async () => {
	const whole = gunzipSync(readFileSync(monero));
	const { stdout, status } = await decrypto(["detect", "-"], { input: whole, signalAfter: 3000 });
	assert.ok(stdout.includes('"miner":true'));
	assert.equal(status, 0);
});

test("--output writes a file whose extension chooses the format", async () => {
	const path = join(folder, "miners.csv");
	const { stdout } = await decrypto(["detect", monero, "--output", path]);
	assert.equal(stdout, "");
	assert.match(readFileSync(path, "utf8"), /^index,input,.*,score\r\n0,/);
});

test("metered flows, as CSV, IPFIX and trapcap, are decided as the capture is", async () => {
	const decided = async (path: string): Promise<number> =>
		JSON.parse((await decrypto(["detect", path, "--format", "json"])).stdout).totals.miner_flows;
	const expected = await decided(monero);
	for (const name of ["flows.trapcap", "flows.ipfix", "metered.csv"]) {
		const path = join(folder, name);
		await decrypto(["meter", monero, "--payload-bytes", "512", "--output", path]);
		assert.equal(await decided(path), expected, name);
	}
});

test("--write-pcap keeps the packets of what was found, and they are found again", async () => {
	const path = join(folder, "found.pcap");
	const first = JSON.parse(
		(await decrypto(["detect", monero, "--format", "json", "--write-pcap", path])).stdout,
	).totals;
	const second = JSON.parse((await decrypto(["detect", path, "--format", "json"])).stdout).totals;
	assert.equal(second.miner_flows, first.miner_flows);
	assert.ok(second.packets > 0 && second.packets <= first.packets);
});

test("a capture cut into files of one directory gives the flows of the whole", async () => {
	const whole = gunzipSync(readFileSync(monero));
	const pieces = mkdtempSync(join(folder, "rotated-"));
	for (const [i, piece] of piecesOf(whole, 2).entries()) writeFileSync(join(pieces, `trace.pcap${i || ""}`), piece);
	const flowsOf = async (path: string): Promise<string[]> =>
		(await decrypto(["meter", path])).stdout.split("\n").sort();
	assert.deepEqual(await flowsOf(pieces), await flowsOf(monero));
});

test("help loads neither what judges nor what reads", () => {
	const told = join(folder, "loaded");
	const hook = `import { registerHooks } from "node:module";
		import { appendFileSync } from "node:fs";
		registerHooks({ load: (url, context, next) => (appendFileSync(${JSON.stringify(told)}, url + "\\n"), next(url, context)) });`;
	for (const command of ["detect", "meter"]) {
		writeFileSync(told, "");
		const preload = `data:text/javascript,${encodeURIComponent(hook)}`;
		execFileSync(process.execPath, ["--import", preload, program, command, "--help"]);
		const loaded = readFileSync(told, "utf8");
		assert.match(loaded, new RegExp(`/cli/${command}\\.`));
		assert.doesNotMatch(loaded, /\/(forest|nemea|capture|report)\/|\/detect\/detector|\/open-input\./);
	}
});
