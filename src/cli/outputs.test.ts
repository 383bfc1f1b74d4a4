import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
	copyFileSync,
	existsSync,
	linkSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { ended, program, runProgram, samples, startProgram } from "./run-program.testing.ts";

const folder = mkdtempSync(join(tmpdir(), "decrypto-outputs-"));
after(() => rmSync(folder, { recursive: true }));
const monero = join(samples, "monero-xmrig.pcap.gz");
const canFill = existsSync("/dev/full");

function copyOf(sample: string, name: string): string {
	const path = join(folder, name);
	copyFileSync(sample, path);
	return path;
}

describe("an output is never an input", () => {
	const capture = copyOf(monero, "capture.pcap.gz");
	symlinkSync(capture, join(folder, "link.csv"));
	linkSync(capture, join(folder, "hard.csv"));
	const directory = join(folder, "directory");
	mkdirSync(directory);
	copyFileSync(capture, join(directory, "b.pcap"));
	const model = copyOf(join(samples, "..", "models", "default.model"), "model.csv");
	const cases: Readonly<Record<string, readonly string[]>> = {
		"detect --write-pcap": ["detect", capture, "--write-pcap", capture],
		"detect --output through a link": ["detect", capture, "--output", join(folder, "link.csv")],
		"detect --output, the same inode": ["detect", capture, "--output", join(folder, "hard.csv")],
		"detect --output in a directory that is read": [
			"detect",
			directory,
			"--output",
			join(directory, "b.pcap"),
			"--format",
			"csv",
		],
		"detect --store": ["detect", capture, "--store", capture],
		"detect --output, the model": ["detect", capture, "-m", model, "--output", model],
		"meter --output": ["meter", capture, "--output", join(folder, "hard.csv")],
		"two outputs": ["detect", capture, "--output", join(folder, "x.csv"), "--write-pcap", join(folder, "x.csv")],
	};
	for (const [name, args] of Object.entries(cases)) {
		test(name, async () => {
			const files = [capture, model, join(directory, "b.pcap")];
			const before = files.map((path) => readFileSync(path));
			const { status, stderr } = await runProgram(...args);
			assert.equal(status, 2);
			assert.match(stderr, /^decrypto: .*(is an input: choose another output|two outputs are the same file)\n$/);
			for (const [k, path] of files.entries()) assert.ok(readFileSync(path).equals(before[k]!));
		});
	}

	test("standard output that is redirected into the input", async () => {
		const path = copyOf(monero, "redirected.pcap.gz");
		const child = startProgram(["detect", path], { stdio: ["ignore", openSync(path, "a"), "pipe"] });
		const { status, stderr } = await ended(child);
		assert.deepEqual([status, stderr], [2, "decrypto: standard output is an input: choose another output\n"]);
	});
});

describe("a directory in which nothing can be read is an error", () => {
	const empty = join(folder, "empty");
	mkdirSync(empty);
	const notes = join(folder, "notes");
	mkdirSync(notes);
	writeFileSync(join(notes, "notes.txt"), "nothing to see\n");
	for (const command of ["detect", "meter"]) {
		for (const path of [empty, notes]) {
			test(`${command} of a directory with ${path === empty ? "no file" : "no capture"}`, async () => {
				const { status, stderr } = await runProgram(command, path, monero);
				assert.deepEqual([status, stderr], [1, `decrypto: ${path}: no file in it is a capture or a flow file\n`]);
			});
		}
	}
});

describe("an output that cannot be written is one line and exit status 1", {
	skip: !canFill && "needs /dev/full",
}, () => {
	const store = join(folder, "incidents.db");
	const cases: readonly (readonly string[])[] = [
		...["table", "ndjson", "csv", "json", "incidents"].map((format) => ["detect", monero, "--format", format]),
		["detect", monero, "--format", "table", "--wide"],
		["detect", monero, "--host", "192.168.7.31"],
		["meter", monero],
		["pools", "list"],
		["model", "inspect", join(samples, "..", "models", "default.model")],
		["incidents", "list", "--store", store],
		["incidents", "export", "--store", store],
		["incidents", "show", "192.168.7.31", "--store", store],
	];
	for (const args of cases) {
		test(args.map((arg) => arg.split("/").at(-1)).join(" "), async () => {
			if (!existsSync(store)) await runProgram("detect", monero, "--store", store);
			const child = startProgram(args, { stdio: ["ignore", openSync("/dev/full", "w"), "pipe"] });
			const { status, stderr } = await ended(child);
			assert.deepEqual([status, stderr.split("\n").length], [1, 2], stderr);
			assert.match(stderr, /^decrypto: (.*: )?no space left on the device\n$|^decrypto: .*no space left/);
		});
	}

	test("a file on it is not left behind", async () => {
		const { status, stderr } = await runProgram("detect", monero, "--output", "/dev/full", "--format", "json");
		assert.deepEqual([status, stderr], [1, "decrypto: /dev/full: no space left on the device\n"]);
	});
});

test("a store that takes no more rows: the run fails and says so, also with -q", (t) => {
	const limited = join(folder, "limited.db");
	const args = [program, "detect", samples, "-q", "--format", "table", "--store", limited];
	const run = spawnSync("prlimit", ["--fsize=300000", process.execPath, ...args], { encoding: "utf8" });
	if (run.error) return t.skip("prlimit (util-linux) is missing");
	assert.match(run.stderr, /^decrypto: .*limited\.db: [^;]+; \d+ rows wait in memory, 0 were lost\n$/);
	assert.equal(run.status, 1);
	assert.match(run.stdout, /13 hosts mine/);
});

describe("SIGHUP", () => {
	test("a live run goes on, and its file is opened again under its name", async () => {
		const path = join(folder, "live.ndjson");
		const child = startProgram(["detect", "-", "--output", path], { stdio: ["pipe", "pipe", "pipe"] });
		const done = ended(child);
		const capture = gunzipSync(readFileSync(monero));
		const half = capture.length >> 1;
		child.stdin!.write(capture.subarray(0, half));
		await waitFor(() => existsSync(path) && readFileSync(path).length > 0);
		renameSync(path, `${path}.1`);
		const rotated = readFileSync(`${path}.1`, "utf8");
		child.kill("SIGHUP");
		await waitFor(() => existsSync(path));
		child.stdin!.end(capture.subarray(half));
		const { status, stderr } = await done;
		assert.deepEqual([status, stderr], [0, ""]);
		assert.equal(readFileSync(`${path}.1`, "utf8"), rotated);
		assert.match(readFileSync(path, "utf8"), /"miner":true/);
	});
});

describe("names and addresses that cannot be used are told in the user's words", () => {
	const cases: Readonly<Record<string, readonly [args: readonly string[], status: number, says: RegExp]>> = {
		"an output in a directory that is not there": [
			["detect", monero, "--output", "/nonexistent/x.csv"],
			1,
			/there is no directory \/nonexistent\n/,
		],
		"--follow of a file": [["detect", monero, "--follow"], 2, /--follow follows a directory, and this is none\n/],
		"a filter for flows": [["detect", "u:nobody", "--bpf", "tcp"], 2, /--bpf is for captures/],
		"flows into a file of no known form": [
			["meter", monero, "--output", join(folder, "x.txt")],
			2,
			/its extension tells no format of flows/,
		],
		"a file name with an escape sequence": [
			["detect", `${folder}/\u001b[2J.pcap`],
			1,
			/\\u\{1b\}\[2J\.pcap: no such file\n/,
		],
		"networks without a name": [["detect", monero, "--networks", "10.0.0.0/8"], 2, /no NAME=NETWORK/],
		"a host that is no address": [["detect", monero, "--host", "me"], 2, /me is no address/],
	};
	for (const [name, [args, expected, says]] of Object.entries(cases)) {
		test(name, async () => {
			const { status, stderr } = await runProgram(...args);
			assert.match(stderr, says);
			assert.deepEqual([stderr.split("\n").length, status], [2, expected]);
		});
	}

	test("a name that is not UTF-8", async () => {
		const { status, stderr } = await runProgram("detect", join(folder, "a\ufffd.pcap"));
		assert.equal(status, 1);
		assert.match(stderr, /the name is not UTF-8: rename the file/);
	});
});

test("a NEMEA sender that is not there is told once", async () => {
	const child = startProgram(["detect", "u:nobody-sends"]);
	const done = ended(child);
	await sleep(3500);
	child.kill("SIGTERM");
	assert.equal((await done).stderr.match(/trying again/g)?.length, 1);
});

async function waitFor(condition: () => boolean): Promise<void> {
	for (const end = Date.now() + 10_000; !condition(); ) {
		assert.ok(Date.now() < end, "it takes too long");
		await sleep(20);
	}
}
