import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { freePort, ready, TestPlace, until } from "./daemon.testing.ts";
import type { Daemon } from "./daemon.ts";
import { earlyConfiguration, Inbox, loginToNotification, openPool } from "./early-verdicts.testing.ts";
import { exportTo, minerFlowOf } from "./flows.testing.ts";
import { problemsOf } from "./health.ts";

const isRoot = process.getuid?.() === 0;
const canCapture = isRoot && spawnSync("tcpdump", ["--version"]).status === 0;
const skipCapture = canCapture ? false : "needs tcpdump and the right to capture on the loopback interface";

/** Processes of tcpdump itself, not of what guards it, whose arguments contain the text. */
function toolsWith(text: string): number[] {
	return readdirSync("/proc")
		.filter((name) => /^\d+$/.test(name))
		.filter((name) => {
			try {
				const [program, ...args] = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
				return program!.endsWith("tcpdump") && args.includes(text);
			} catch {
				// The process has ended meanwhile.
				return false;
			}
		})
		.map(Number);
}

function statusOf(daemon: Daemon, input: string) {
	return daemon.pipelines.statuses().find((status) => status.input === input)!;
}

test("a capture whose tcpdump was killed is started again; the other inputs go on", { skip: skipCapture }, async () => {
	await using place = new TestPlace();
	await using inbox = await Inbox.open();
	const { server, port } = await openPool();
	try {
		const listen = `ipfix+udp://127.0.0.1:${await freePort()}`;
		const { inputs, networks, ...others } = earlyConfiguration(port, inbox);
		const ours = [...networks.ours, "10.0.0.0/8"];
		const daemon = await place.start({ ...others, inputs: [...inputs, { listen }], networks: { ours } });
		await ready(daemon);
		const [tool] = toolsWith(`tcp port ${port}`);
		process.kill(tool!, "SIGKILL");
		await until(() => statusOf(daemon, "live:lo").restarts === 1, "the capture is started again");
		await ready(daemon);
		await until(() => toolsWith(`tcp port ${port}`).length === 1, "one tool captures");
		// tcpdump says that it is open a moment before packets come.
		await sleep(500);
		assert.ok(Number.isFinite(await loginToNotification("127.1.0.1", port, inbox)), "the login was not notified");
		await exportTo(listen, [minerFlowOf(5)]);
		await until(() => inbox.first.has("10.0.0.5"), "the miner of the listener is notified");
		assert.equal(statusOf(daemon, listen).restarts, 0);
		await place.stop();
		assert.deepEqual(toolsWith(`tcp port ${port}`), []);
	} finally {
		server.close();
	}
});

test("a thread that dies takes no input with it for long, and can be given another detector meanwhile", async () => {
	await using place = new TestPlace();
	const workers: Worker[] = [];
	const note = (worker: Worker): void => void workers.push(worker);
	process.on("worker", note);
	const inputs = [{ listen: `ipfix+udp://127.0.0.1:${await freePort()}` }];
	const [{ listen }] = inputs as [{ listen: string }];
	const daemon = await place.start({ inputs });
	process.off("worker", note);
	await ready(daemon);
	// The store's thread is the first, the only one of pipelines the second.
	assert.equal(workers.length, 2);
	await workers[1]!.terminate();
	await until(() => statusOf(daemon, listen).state === "waiting", "the loss of the thread is noticed");
	assert.match(problemsOf(daemon).join(), /the thread that ran the pipeline has ended/);
	place.configure({ inputs, detection: { shape_threshold: 0.99 } });
	assert.deepEqual((({ ok, words }) => ({ ok, words }))(await daemon.reload()), {
		ok: true,
		words: "detection changed",
	});
	await ready(daemon);
	assert.ok(statusOf(daemon, listen).restarts >= 1);
	await exportTo(listen, [minerFlowOf(5)]);
	await until(() => daemon.keeper.openIncidents === 1, "the miner is found");
	assert.deepEqual(problemsOf(daemon), []);
});

/** A small file system of its own at the path; undefined where it cannot be mounted. */
function mountSmall(path: string): Disposable | undefined {
	if (!isRoot || spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", path]).status !== 0) return undefined;
	return { [Symbol.dispose]: () => void execFileSync("umount", ["--lazy", path]) };
}

test("on a full disk receivers are notified all the same; when it is freed, everything is stored", async (t) => {
	await using place = new TestPlace();
	const disk = place.makeFolder("disk");
	using mounted = mountSmall(disk);
	if (mounted === undefined) return t.skip("needs the right to mount a small file system");
	await using inbox = await Inbox.open();
	const listen = `ipfix+udp://127.0.0.1:${await freePort()}`;
	const daemon = await place.start({
		inputs: [{ listen }],
		store: { path: `${disk}/incidents.db` },
		receivers: [{ name: "inbox", http: inbox.url }],
	});
	await ready(daemon);
	let hosts = 0;
	const mine = async (): Promise<void> => {
		await exportTo(listen, [minerFlowOf(++hosts)]);
		await sleep(20);
	};
	await mine();
	const ballast = `${disk}/ballast`;
	assert.throws(() => writeFileSync(ballast, Buffer.alloc(2 << 20)), { code: "ENOSPC" });
	while (daemon.store.health().state === "ok" && hosts < 400) await mine();
	assert.match(problemsOf(daemon).join(), /store: .*the disk is full/);
	for (let k = 0; k < 5; k++) await mine();
	await until(() => inbox.first.size === hosts, "all hosts are notified");
	rmSync(ballast);
	await until(async () => (await daemon.store.refreshStatus()).health.state === "ok", "the store is written again");
	await until(async () => (await daemon.store.count({ state: "open" })) === hosts, "all incidents are stored");
	assert.equal(daemon.store.counters.dropped, 0);
	t.diagnostic(`${hosts} incidents, ${daemon.store.counters.queued} batches waited for the disk`);
	await place.stop();
});
