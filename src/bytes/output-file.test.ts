import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
	chmodSync,
	existsSync,
	linkSync,
	mkdtempSync,
	openSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { AppendedFile } from "./appended-file.ts";
import { DeCryptoError, UsageError } from "./error.ts";
import { openOutputFile, replaceFile } from "./output-file.ts";
import { refuseInputs } from "./refuse-inputs.ts";

const MODULE = new URL("./output-file.ts", import.meta.url).href;
const STANDARD_OUTPUT_MODULE = new URL("./standard-output.ts", import.meta.url).href;
const folders: string[] = [];

after(() => {
	for (const folder of folders) rmSync(folder, { recursive: true });
});

function folder(): string {
	const path = mkdtempSync(join(tmpdir(), "decrypto-output-"));
	folders.push(path);
	return path;
}

test("the previous file stays until the new one is complete", () => {
	const path = join(folder(), "report.json");
	writeFileSync(path, "old");
	const file = openOutputFile(path);
	file.write(Buffer.from("new"));
	assert.equal(readFileSync(path, "utf8"), "old");
	file.close();
	assert.equal(readFileSync(path, "utf8"), "new");
});

test("a discarded output leaves the previous file and nothing else", () => {
	const directory = folder();
	const path = join(directory, "report.json");
	writeFileSync(path, "old");
	const file = openOutputFile(path);
	file.write(Buffer.from("half"));
	file.discard();
	assert.equal(readFileSync(path, "utf8"), "old");
	assert.deepEqual(readdirSync(directory), ["report.json"]);
});

test("a link stays a link, and permissions stay", () => {
	const directory = folder();
	const path = join(directory, "real");
	const link = join(directory, "link");
	writeFileSync(path, "old");
	chmodSync(path, 0o600);
	symlinkSync("real", link);
	replaceFile(link, "new");
	assert.equal(readFileSync(path, "utf8"), "new");
	assert.equal(statSync(path).mode & 0o777, 0o600);
	assert.deepEqual(readdirSync(directory).sort(), ["link", "real"]);
});

test("a link to a file that does not exist yet makes that file", () => {
	const directory = folder();
	symlinkSync("later", join(directory, "link"));
	replaceFile(join(directory, "link"), "text");
	assert.equal(readFileSync(join(directory, "later"), "utf8"), "text");
});

test("a device is written directly", () => {
	replaceFile("/dev/null", "text");
	assert.ok(statSync("/dev/null").isCharacterDevice());
});

test("a missing directory is one error that names the file", () => {
	assert.throws(
		() => openOutputFile("/nonexistent-directory/report.json"),
		(error) => error instanceof DeCryptoError && error.message.startsWith("/nonexistent-directory/report.json: "),
	);
});

test("a full device is one error that names it", () => {
	assert.throws(() => replaceFile("/dev/full", "text"), /^DeCryptoError: \/dev\/full: no space left on the device$/);
});

for (const [how, ending] of [
	["exits", "process.exit(1)"],
	["throws", "throw new Error('broken')"],
] as const) {
	test(`a process that ${how} leaves no temporary file`, () => {
		const directory = folder();
		const path = join(directory, "report.json");
		writeFileSync(path, "old");
		const { status } = runModule(
			`import { openOutputFile } from "${MODULE}"; openOutputFile(${JSON.stringify(path)}).write(Buffer.from("x")); ${ending}`,
		);
		assert.equal(status, 1);
		assert.deepEqual(readdirSync(directory), ["report.json"]);
		assert.equal(readFileSync(path, "utf8"), "old");
	});
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
	test(`${signal} ends a process and its temporary file`, async () => {
		const directory = folder();
		const path = join(directory, "report.json");
		writeFileSync(path, "old");
		const child = spawn(process.execPath, [
			"--input-type=module",
			"--eval",
			`import { openOutputFile } from "${MODULE}"; openOutputFile(${JSON.stringify(path)}).write(Buffer.from("x")); console.log("ready"); setInterval(() => {}, 1000)`,
		]);
		await once(child.stdout, "data");
		assert.equal(readdirSync(directory).length, 2);
		child.kill(signal);
		const [, endedBy] = await once(child, "exit");
		assert.equal(endedBy, signal);
		assert.deepEqual(readdirSync(directory), ["report.json"]);
		assert.equal(readFileSync(path, "utf8"), "old");
	});
}

test("a stream output appends, and continues in a new file after rotation", () => {
	const path = join(folder(), "events.ndjson");
	writeFileSync(path, "1\n");
	const file = new AppendedFile(path);
	file.write(Buffer.from("2\n"));
	renameSync(path, `${path}.1`);
	file.write(Buffer.from("3\n"));
	file.reopen();
	file.write(Buffer.from("4\n"));
	file.close();
	assert.equal(readFileSync(`${path}.1`, "utf8"), "1\n2\n3\n");
	assert.equal(readFileSync(path, "utf8"), "4\n");
});

test("an output is never an input: by name, hard link, symbolic link and beside other inputs", () => {
	const directory = folder();
	const path = join(directory, "capture.pcap");
	const [hard, soft, other] = ["hard", "soft", "other"].map((name) => join(directory, name)) as [
		string,
		string,
		string,
	];
	writeFileSync(path, "x");
	writeFileSync(other, "x");
	linkSync(path, hard);
	symlinkSync(path, soft);
	for (const output of [path, hard, soft]) assert.throws(() => refuseInputs(output, [other, path]), UsageError);
	refuseInputs(other, [path]);
	refuseInputs(join(directory, "new"), [path]);
	refuseInputs("/dev/null", ["/dev/null"]);
});

test("an output is never the input by redirection", () => {
	const path = join(folder(), "flows.csv");
	writeFileSync(path, "x");
	const module = new URL("./refuse-inputs.ts", import.meta.url).href;
	for (const input of ["-", "/dev/stdin"]) {
		const { status, stderr } = runModule(
			`import { refuseInputs } from "${module}"; refuseInputs(${JSON.stringify(path)}, ["${input}"])`,
			{ stdio: [openSync(path, "r"), "pipe", "pipe"] },
		);
		assert.equal(status, 1);
		assert.match(stderr, /is an input: choose another output/);
	}
});

test("standard output on a full device is an error, not a cut document", () => {
	const script = `import { printText } from "${STANDARD_OUTPUT_MODULE}"; try { await printText("x".repeat(100000)) } catch (error) { console.error(error.message); process.exitCode = 1 }`;
	const { status, stderr } = runModule(script, { stdio: ["ignore", openSync("/dev/full", "w"), "pipe"] });
	assert.equal(status, 1);
	assert.equal(stderr, "standard output: no space left on the device\n");
});

test("standard output to a file that accepts a part only is an error, not a cut document", (t) => {
	const path = join(folder(), "report.json");
	const script = `import { printText } from "${STANDARD_OUTPUT_MODULE}"; try { await printText("x".repeat(100000)) } catch (error) { console.error(error.message); process.exitCode = 1 }`;
	const limited = spawnSync("prlimit", ["--fsize=65536", process.execPath, "--input-type=module", "--eval", script], {
		stdio: ["ignore", openSync(path, "w"), "pipe"],
		encoding: "utf8",
	});
	if (limited.error) return t.skip("prlimit (util-linux) is missing");
	assert.equal(statSync(path).size, 65_536);
	assert.equal(limited.status, 1);
	assert.match(limited.stderr, /^standard output: .+\n$/);
});

test("a closed pipe does not fail the writer", async () => {
	const script = `import { printText } from "${STANDARD_OUTPUT_MODULE}"; process.stdin.once("data", async () => { await printText("x".repeat(100000)); console.error("done"); process.exit() })`;
	const child = spawn(process.execPath, ["--input-type=module", "--eval", script]);
	child.stdout.destroy();
	child.stdin.write("go\n");
	const [text] = await once(child.stderr, "data");
	assert.equal(String(text), "done\n");
});

function runModule(script: string, options: { stdio?: ("ignore" | "pipe" | number)[] } = {}) {
	return spawnSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8", ...options });
}

test("the temporary file is in the directory of its target", () => {
	const directory = folder();
	const file = openOutputFile(join(directory, "a.csv"));
	const [name] = readdirSync(directory);
	assert.match(name!, /^\.a\.csv\.\d+\.\d+\.part$/);
	file.close();
	assert.ok(existsSync(join(directory, "a.csv")));
});
