import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../bin/decrypto.js", import.meta.url));
const place = mkdtempSync(join(tmpdir(), "decrypto-watch-cli-"));
after(() => rmSync(place, { recursive: true, force: true }));
let count = 0;

/** A directory with a quiet configuration in it. */
function newPlace(changes: object = {}): { folder: string; file: string; socket: string } {
	const folder = join(place, String(count++));
	mkdirSync(join(folder, "captures"), { recursive: true });
	const [file, socket] = [join(folder, "decrypto.yaml"), join(folder, "control.sock")];
	const quiet = { threads: 1, web: "off", metrics: { listen: "off" }, control: { socket }, shutdown: { drain: "3s" } };
	writeFileSync(file, JSON.stringify({ ...quiet, store: { path: join(folder, "incidents.db") }, ...changes }));
	return { folder, file, socket };
}

function decrypto(...args: string[]) {
	const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
		encoding: "utf8",
		timeout: 60_000,
	});
	return { status, stdout, stderr };
}

interface Running {
	readonly child: ChildProcess;
	log(): string;
	/** Resolves when the log has the text. */
	logs(text: string | RegExp): Promise<void>;
	/** Exit status, or the signal that ended it. */
	readonly ended: Promise<number | NodeJS.Signals | null>;
}

async function watching(args: readonly string[], cwd?: string): Promise<Running> {
	const child = spawn(process.execPath, [PROGRAM, "watch", ...args], { stdio: ["ignore", "pipe", "pipe"], cwd });
	let log = "";
	child.stderr!.setEncoding("utf8").on("data", (text: string) => {
		log += text;
	});
	const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
		child.once("exit", (status, signal) => resolve(signal ?? status)),
	);
	const running: Running = {
		child,
		ended,
		log: () => log,
		async logs(text) {
			const end = Date.now() + 20_000;
			while (typeof text === "string" ? !log.includes(text) : !text.test(log)) {
				if (Date.now() > end || child.exitCode !== null) assert.fail(`the log never had ${text}; it has\n${log}`);
				await sleep(20);
			}
		},
	};
	after(() => child.kill("SIGKILL"));
	await running.logs("start: decrypto");
	await sleep(100);
	return running;
}

test("watch --example | watch --check | watch works, says what to do next, and ends with 0 at SIGTERM", async () => {
	const { folder, file } = newPlace();
	const example = decrypto("watch", "--example");
	assert.equal(example.status, 0);
	writeFileSync(join(folder, "example.yaml"), example.stdout);
	const check = decrypto("watch", "--check", join(folder, "example.yaml"));
	assert.equal(check.status, 0, check.stderr);
	assert.match(check.stdout, /valid\ninputs {6}none: nothing would be watched/);
	const daemon = await watching([file]);
	await daemon.logs(/no inputs are configured: nothing is watched\. Add some to .*decrypto\.yaml/);
	daemon.child.kill("SIGTERM");
	assert.equal(await daemon.ended, 0);
	assert.match(daemon.log(), /shutdown: stopped\n$/);
});

test("nothing starts with a wrong file or none: one line, exit status 2", () => {
	const { folder, file } = newPlace();
	writeFileSync(file, "inputs:\n  - folow: /var/spool\n");
	for (const args of [
		["watch", file],
		["watch", "--check", file],
	]) {
		const { status, stderr } = decrypto(...args);
		assert.equal(status, 2);
		assert.equal(stderr, `decrypto: ${file}:2:5: unknown key "folow"; did you mean "follow"?\n`);
	}
	assert.equal(decrypto("watch").status, 2);
	assert.throws(() => statSync(join(folder, "incidents.db")));
});

test("a store that cannot be opened, or a second daemon at the same control socket, is one line and exit status 1", async () => {
	const { file, folder, socket } = newPlace();
	const impossible = newPlace({ store: { path: join(file, "incidents.db") } });
	const refused = decrypto("watch", impossible.file);
	assert.equal(refused.status, 1);
	assert.match(refused.stderr, /^decrypto: .*decrypto\.yaml: /);
	const daemon = await watching([file]);
	const second = newPlace({ control: { socket } });
	const { status, stderr } = decrypto("watch", second.file);
	assert.equal(status, 1);
	assert.match(stderr, /another decrypto watch listens there/);
	assert.equal(statSync(socket).mode & 0o777, 0o600);
	daemon.child.kill("SIGTERM");
	assert.equal(await daemon.ended, 0, folder);
});

test("SIGHUP reads the configuration again; an invalid one is told and changes nothing", async () => {
	const { file, folder, socket } = newPlace();
	const daemon = await watching([file]);
	const follow = join(folder, "captures");
	const quiet = JSON.parse(readFileSync(file, "utf8")) as object;
	writeFileSync(file, JSON.stringify({ ...quiet, inputs: [{ follow }] }));
	daemon.child.kill("SIGHUP");
	await daemon.logs(`reload: input follow:${follow} added`);
	writeFileSync(file, "inputs: [");
	daemon.child.kill("SIGHUP");
	await daemon.logs("error reload: refused:");
	const { status, stderr } = decrypto("ctl", "reload", "--socket", socket);
	assert.equal(status, 1);
	assert.match(stderr, /the configuration was refused, nothing changed/);
	daemon.child.kill("SIGINT");
	assert.equal(await daemon.ended, 0);
});

test("a shutdown waits for receivers at most its time, and a second signal ends it at once", async () => {
	// It takes connections and never answers.
	const deaf = createServer(() => {}).listen(0, "127.0.0.1");
	after(() => deaf.close());
	await once(deaf, "listening");
	const { port } = deaf.address() as { port: number };
	for (const [drain, second, end] of [
		["1s", undefined, 0],
		["60s", "SIGTERM", 143],
	] as const) {
		const { file, folder, socket } = newPlace({ shutdown: { drain } });
		const follow = join(folder, "captures");
		const quiet = JSON.parse(readFileSync(file, "utf8")) as object;
		const receivers = [{ name: "deaf", http: `http://127.0.0.1:${port}/`, timeout: "60s" }];
		writeFileSync(file, JSON.stringify({ ...quiet, inputs: [{ follow }], receivers }));
		const daemon = await watching([file]);
		await daemon.logs("is open");
		assert.equal(decrypto("selftest", "--socket", socket, `follow:${follow}`).status, 0);
		daemon.child.kill("SIGTERM");
		await daemon.logs("stopping");
		if (second) daemon.child.kill(second);
		assert.equal(await daemon.ended, end);
	}
});

test("neither a lost terminal, a closed standard error nor a removed working directory ends it", async () => {
	const { file, folder, socket } = newPlace();
	const cwd = join(folder, "cwd");
	mkdirSync(cwd);
	const daemon = await watching([file], cwd);
	rmSync(cwd, { recursive: true });
	daemon.child.stderr!.destroy();
	daemon.child.stdout!.destroy();
	daemon.child.kill("SIGHUP");
	const quiet = JSON.parse(readFileSync(file, "utf8")) as object;
	writeFileSync(file, JSON.stringify({ ...quiet, inputs: [{ follow: join(folder, "captures") }], threads: 1 }));
	const reload = decrypto("ctl", "reload", "--socket", socket);
	assert.equal(reload.status, 0, reload.stderr);
	const selftest = decrypto("selftest", "--socket", socket, `follow:${join(folder, "captures")}`);
	assert.equal(selftest.status, 0, selftest.stderr);
	assert.match(selftest.stdout, /found after \d+\.\d\d s: 192\.0\.2\.77 has been mining/);
	daemon.child.kill("SIGTERM");
	assert.equal(await daemon.ended, 0);
});

test("ctl lists incidents, adds to the allowlist and tests receivers; without a daemon it is one line", async () => {
	const { file, folder, socket } = newPlace();
	const archive = join(folder, "archive.ndjson");
	const quiet = JSON.parse(readFileSync(file, "utf8")) as object;
	const follow = join(folder, "captures");
	writeFileSync(
		file,
		JSON.stringify({ ...quiet, inputs: [{ follow }], receivers: [{ name: "archive", file: archive }] }),
	);
	const daemon = await watching([file]);
	await daemon.logs("is open");
	assert.equal(decrypto("selftest", "--socket", socket, `follow:${follow}`).status, 0);
	const listed = decrypto("ctl", "incidents", "192.0.2.77", "--socket", socket);
	assert.match(listed.stdout, /^[0-9a-f]{16} {2}open {2}192\.0\.2\.77 has been mining/);
	const probe = decrypto("ctl", "probe", listed.stdout.slice(0, 16), "--socket", socket);
	assert.equal(probe.status, 1);
	assert.match(probe.stderr, /^decrypto: the configuration does not permit probes/);
	const allow = decrypto(
		"ctl",
		"allow",
		"--host",
		"192.0.2.77",
		"--reason",
		"self-test",
		"--owner",
		"jd",
		"--socket",
		socket,
	);
	assert.match(allow.stdout, /^entry [0-9a-f]{16} is in force\n$/);
	const json = decrypto("ctl", "incidents", "--json", "--socket", socket);
	assert.equal((JSON.parse(json.stdout) as { allowedBy: string[] }[])[0]!.allowedBy.length, 1);
	const wrong = decrypto("ctl", "allow", "--host", "192.0.2.777", "--reason", "x", "--owner", "y", "--socket", socket);
	assert.equal(wrong.status, 1);
	assert.match(wrong.stderr, /expected a network such as 10\.20\.4\.0\/24/);
	assert.equal(decrypto("ctl", "test", "--socket", socket).stdout, "archive: delivered\n");
	assert.equal(decrypto("ctl", "test", "nobody", "--socket", socket).stderr, "decrypto: there is no receiver nobody\n");
	daemon.child.kill("SIGTERM");
	assert.equal(await daemon.ended, 0);
	const absent = decrypto("ctl", "status", "--socket", socket);
	assert.equal(absent.status, 1);
	assert.match(absent.stderr, /no decrypto watch listens there/);
});

test("selftest starts a daemon of its own and finds the miner by flow records and by packets", () => {
	const { status, stdout, stderr } = decrypto("selftest");
	assert.equal(status, 0, stderr);
	assert.match(stdout, /^ipfix\+udp:.*confirmed\nfollow:.*confirmed\nDeCrypto works on this machine\.\n$/);
});
