import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Behaviour, otherBehaviours, poolBehaviours } from "../../lab/pools/behaviours.ts";
import { type ScriptedServer, startServer } from "../../lab/pools/scripted-server.ts";
import { type ProbeTarget, planProbes } from "./probe-plan.ts";
import { isReservedAddress } from "./reserved-address.ts";
import { VerifyJournal } from "./verify-journal.ts";
import { createVerifyCounters, type TargetResult, type VerifyOptions, verifyPools } from "./verify-pools.ts";

const options: VerifyOptions = {
	connections: 20,
	perSecond: 1e5,
	perAddressGap: 0,
	timeout: 150,
	agent: "decrypto-test/1.0",
};

async function verify(
	targets: readonly ProbeTarget[],
	more: Partial<VerifyOptions> = {},
	signal?: AbortSignal,
): Promise<TargetResult[]> {
	const results: TargetResult[] = [];
	await verifyPools(targets, { ...options, ...more }, createVerifyCounters(), (result) => results.push(result), signal);
	return results;
}

test("without a protocol in the list each protocol is tried, first over TLS", async () => {
	await using pool = await startServer(poolBehaviours["eth-proxy"], { certificateName: "eth.example" });
	const { address, port } = pool;
	const [result] = await verify([{ address, port, host: "eth.example", pool: "Example" }], {
		timeout: 3000,
		connections: 1,
	});
	assert.ok(result && "verified" in result);
	const { latency, verified, ...found } = result.verified;
	assert.deepEqual(found, {
		address,
		port,
		tls: true,
		protocol: "eth-proxy",
		pool: "Example",
		host: "eth.example",
		certificateNames: ["eth.example"],
	});
	assert.ok(latency >= 0);
	assert.match(verified, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test("if the list has protocol and TLS, only that is tried", async () => {
	await using pool = await startServer(poolBehaviours.monero);
	const { address, port } = pool;
	const [wrong] = await verify([{ address, port, host: address, tls: false, protocol: "stratum" }]);
	assert.ok(wrong && "failure" in wrong && wrong.failure === "no-pool");
	const [right] = await verify([{ address, port, host: address, tls: false, protocol: "monero-stratum" }], {
		wallet: "myWallet",
	});
	assert.ok(right && "verified" in right);
	assert.equal(pool.received.length, 2);
	assert.match(pool.received[1]!, /"login":"myWallet".*"agent":"decrypto-test\/1\.0"/);
});

test("plans leave out private, reserved and denied addresses, have each address and port once, and count the connections", () => {
	const resolved = [
		{ host: "a.example", addresses: ["8.8.8.8", "10.0.0.1", "::1"], leftOut: 3 },
		{ host: "b.example", addresses: ["8.8.8.8"], leftOut: 0 },
		{ host: "c.example", addresses: ["9.9.9.9", "2600::1"], leftOut: 0 },
		{ host: "d.example", addresses: [], leftOut: 0, error: "no such host" },
	];
	const endpoints = [
		{ host: "a.example", port: 3333, tls: true, coin: "Monero" },
		{ host: "b.example", port: 3333, pool: "B" },
		{ host: "c.example", port: 443, tls: true, protocol: "stratum" as const },
		{ host: "d.example", port: 1 },
	];
	const plan = planProbes(endpoints, resolved, { allowReserved: false, isDenied: (name) => name === "9.9.9.9" });
	assert.deepEqual(plan.targets, [
		{ address: "8.8.8.8", port: 3333, host: "a.example", pool: "B" },
		{ address: "2600::1", port: 443, host: "c.example", tls: true, protocol: "stratum" },
	]);
	assert.deepEqual([plan.reserved, plan.denied, plan.leftOut, plan.connectionsAtMost], [2, 1, 3, 11]);
	assert.deepEqual(
		plan.unresolved.map(({ host }) => host),
		["d.example"],
	);
	assert.equal(planProbes(endpoints, resolved, { allowReserved: true, isDenied: () => false }).targets.length, 5);
});

test("reserved addresses of every kind are distinguished from public ones", () => {
	for (const address of "0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 169.254.1.1 172.16.0.1 192.0.2.1 192.168.1.1 198.18.0.1 224.0.0.1 255.255.255.255 :: ::1 ::ffff:8.8.8.8 64:ff9b::808:808 2001:db8::1 2002:808:808::1 fc00::1 fe80::1 ff02::1 nonsense".split(
		" ",
	)) {
		assert.ok(isReservedAddress(address), address);
	}
	for (const address of "1.1.1.1 8.8.8.8 100.128.0.1 172.32.0.1 192.0.3.1 223.255.255.255 2600::1 2a00:1450::1 2001:4860::8888".split(
		" ",
	)) {
		assert.ok(!isReservedAddress(address), address);
	}
});

test("the next run continues from the journal of an interrupted run, and probes nobody twice", async () => {
	const folder = mkdtempSync(join(tmpdir(), "pools-"));
	try {
		await using pool = await startServer(poolBehaviours.stratum);
		await using other = await startServer(otherBehaviours.closes);
		const targets = [pool, other].map(({ address, port }) => ({
			address,
			port,
			host: address,
			tls: false,
			protocol: "stratum" as const,
		}));
		const journal = new VerifyJournal(join(folder, "out.csv"));
		journal.load();
		for (const result of await verify(targets)) journal.add(result);
		journal.add({ target: { address: "192.0.2.1", port: 1, host: "x" }, failure: "interrupted" });

		const again = new VerifyJournal(join(folder, "out.csv"));
		writeFileSync(again.path, '{"address":"192.0.2.9","po', { flag: "a" });
		again.load();
		assert.deepEqual(
			targets.map((target) => again.isSettled(target)),
			[true, true],
		);
		assert.equal(again.isSettled({ address: "192.0.2.1", port: 1, host: "x" }), false);
		assert.deepEqual(
			again.verified().map(({ port }) => port),
			[pool.port],
		);
		again.add({ target: { address: "192.0.2.9", port: 7, host: "y" }, failure: "closed" });
		const third = new VerifyJournal(join(folder, "out.csv"));
		third.load();
		assert.equal(third.settled, 3);
		third.clear();
		const fourth = new VerifyJournal(join(folder, "out.csv"));
		fourth.load();
		assert.equal(fourth.settled, 0);
	} finally {
		rmSync(folder, { recursive: true });
	}
});

test("of 5,000 endpoints with every behaviour exactly the pools are verified, within the limits", async () => {
	const ADDRESSES = 50;
	const PORTS_EACH = 100;
	const behaviours: [name: string, behaviour: Behaviour][] = [
		...Object.entries(poolBehaviours),
		...Object.entries(otherBehaviours),
	];
	const servers: { server: ScriptedServer; pool: boolean }[] = [];
	const open = new Map<string, number>();
	let mostOpen = 0;
	const counted = (address: string, behaviour: Behaviour): Behaviour => ({
		...behaviour,
		onConnect(socket) {
			open.set(address, (open.get(address) ?? 0) + 1);
			mostOpen = Math.max(
				mostOpen,
				[...open.values()].reduce((sum, count) => sum + count, 0),
			);
			socket.once("close", () => open.set(address, open.get(address)! - 1));
			behaviour.onConnect?.(socket);
		},
	});
	for (let i = 0; i < ADDRESSES; i++) {
		const address = `127.0.1.${i + 1}`;
		for (const [name, behaviour] of behaviours
			.slice(i % 2, i % 2 === 0 ? 9 : undefined)
			.filter((_, k) => (k + i) % 3 === 0)) {
			servers.push({
				server: await startServer(counted(address, behaviour), { address }),
				pool: name in poolBehaviours,
			});
		}
	}
	// The list marks most as without TLS: each handshake with a silent server costs a timeout.
	const alive = servers.map(({ server: { address, port } }, i) => ({
		address,
		port,
		host: address,
		...(i % 5 > 0 && { tls: false }),
	}));
	const taken = new Set(alive.map(({ address, port }) => `${address} ${port}`));
	const targets: ProbeTarget[] = [...alive];
	for (let i = 0; targets.length < ADDRESSES * PORTS_EACH; i++) {
		const address = `127.0.1.${(i % ADDRESSES) + 1}`;
		const port = 1 + Math.floor(i / ADDRESSES);
		if (!taken.has(`${address} ${port}`)) targets.push({ address, port, host: address });
	}
	const before = process.memoryUsage.rss();
	const results = await verify(targets, { connections: ADDRESSES, timeout: 1000 }).finally(() =>
		Promise.all(servers.map(({ server }) => server[Symbol.asyncDispose]())),
	);
	const grown = process.memoryUsage.rss() - before;

	assert.equal(results.length, 5000);
	const verified = new Set(
		results.flatMap((result) => ("verified" in result ? [`${result.target.address} ${result.target.port}`] : [])),
	);
	for (const { server, pool } of servers) assert.equal(verified.has(`${server.address} ${server.port}`), pool);
	assert.equal(verified.size, servers.filter(({ pool }) => pool).length);
	assert.ok(verified.size > 50, `${verified.size} pools`);
	// A connection that the prober has closed may still be open here for a moment: twice the limit is never reached.
	assert.ok(mostOpen <= 2 * ADDRESSES, `${mostOpen} at a time`);
	assert.ok(grown < 200e6, `${grown} bytes`);
});
