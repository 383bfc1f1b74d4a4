import { deepEqual, equal, match, ok } from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { essence, incidentsHere } from "../../lab/bus-pipeline.ts";
import { withoutNats } from "../bus/nats-servers.testing.ts";
import { IncidentStore } from "../store/incident-store.ts";

const root = join(import.meta.dirname, "../..");
const program = join(root, "src/cli/decrypto.ts");
const samples = join(root, "samples");
const files = readdirSync(samples).filter((name) => name.includes(".pcap"));

/** The commands of the documentation, as they stand there. */
function documentedCommands(): string[] {
	const page = readFileSync(join(root, "docs/scale.md"), "utf8");
	const [, block] = /<!-- five commands -->\n```sh\n([\s\S]*?)```/.exec(page)!;
	return block!.trim().split("\n");
}

async function busyPort(): Promise<number | undefined> {
	for (const port of [14221, 14222, 14223, 16221, 16222, 16223]) {
		const server = createServer();
		server.listen(port, "127.0.0.1");
		const [error] = await Promise.race([once(server, "listening").then(() => []), once(server, "error")]);
		if (error) return port;
		server.close();
		await once(server, "close");
	}
	return undefined;
}

test("the five commands of docs/scale.md give the incidents of one process", { skip: withoutNats }, async (t) => {
	const busy = await busyPort();
	if (busy !== undefined) return t.skip(`port ${busy} is in use`);
	const commands = documentedCommands();
	equal(commands.length, 5);
	const directory = mkdtempSync(join(tmpdir(), "decrypto-scale-"));
	mkdirSync(join(directory, "bin"));
	symlinkSync(samples, join(directory, "samples"));
	const launcher = join(directory, "bin/decrypto");
	writeFileSync(launcher, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
	chmodSync(launcher, 0o755);
	const env = { ...process.env, PATH: `${join(directory, "bin")}:${process.env.PATH}` };
	// The commands run as one script in a process group of their own, which is ended as a whole.
	const script = spawn("sh", ["-c", commands.join("\n")], { cwd: directory, env, detached: true, stdio: "ignore" });
	const exited = once(script, "exit");
	try {
		const bus = /--bus (\S+)/.exec(commands[4]!)![1]!;
		const status = await untilDecided(bus, env);
		equal(status.workers.length, 3);
		deepEqual(
			status.streams.map(({ replicas, current }) => [replicas, current]).filter(([a, b]) => a !== 3 || b !== 3),
			[],
		);
		const state = join(directory, "again.sqlite");
		const once = spawnSync(launcher, ["bus", "incidents", "--bus", bus, "--state", state, "--once"], {
			encoding: "utf8",
		});
		match(once.stdout, /"kind":"opened"/);
		await using store = await IncidentStore.open(state);
		const { incidents } = await store.find({ limit: 1000 });
		const expected = await incidentsHere(files.map((name) => join(samples, name)));
		const found = incidents.map((incident) => [incident.id, essence(incident)] as const);
		deepEqual(new Map(found.sort(([a], [b]) => (a < b ? -1 : 1))), expected);
		ok(existsSync(join(directory, "incidents.sqlite")), "the watch keeps its state");
	} finally {
		process.kill(-script.pid!, "SIGKILL");
		await exited;
		await sleep(200);
		rmSync(directory, { recursive: true, force: true });
	}
});

interface Status {
	readonly streams: readonly { readonly replicas: number; readonly current: number }[];
	readonly partitions: readonly { readonly last: number; readonly behind?: number }[];
	readonly workers: readonly { readonly counters: { readonly flows?: number } }[];
	readonly problems: readonly string[];
}

/** Waits until both sensors' flows are decided and nothing is wrong. */
async function untilDecided(bus: string, env: NodeJS.ProcessEnv): Promise<Status> {
	const deadline = performance.now() + 120_000;
	for (;;) {
		const args = [program, "bus", "status", "--bus", bus, "--json"];
		const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8", env });
		const status = stdout ? (JSON.parse(stdout) as Status) : undefined;
		const flows = status?.workers.reduce((sum, { counters }) => sum + (counters.flows ?? 0), 0) ?? 0;
		const isDecided = status?.problems.length === 0 && status.partitions.every(({ behind }) => behind === 0);
		if (status && isDecided && flows >= 2 * 79) return status;
		if (performance.now() > deadline) throw new Error(`not decided in time: ${stdout}`);
		await sleep(500);
	}
}

const run = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: "utf8" });

test("a bus that does not answer, or is none, is one line on standard error", () => {
	const closed = run("bus", "status", "--bus", "nats://127.0.0.1:1");
	equal(closed.status, 1);
	match(closed.stderr, /^decrypto: nats:\/\/127\.0\.0\.1:1: .+\n$/);
	for (const address of ["http://x", "nats://", "nats://a:99999", "nats://a,,b"]) {
		const { status, stderr } = run("work", "--bus", address);
		equal(status, 2, stderr);
		match(stderr, /name the servers of the bus/);
	}
	equal(run("sense", "x.pcap").status, 2);
	equal(run("work", "--bus", "nats://127.0.0.1", "--name", "a.b").status, 2);
});
