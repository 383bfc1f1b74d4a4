import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { after, test } from "node:test";
import { HOUR, sightingAt, T0 } from "../incident/sighting.testing.ts";
import {
	HOSTILE_NAME,
	PASSWORD,
	startServer,
	type TestServer,
	type TestServerOptions,
	threeHosts,
} from "./client.testing.ts";

const succeeded = new Set<string>();
let operations: readonly string[] = [];

/** A server that has seen three hosts: confirmed (.21), suspected (.22, hostile name) and probable (.23). */
async function serverWithHosts(t: TestContext, options: TestServerOptions = {}) {
	const server = await startServer(t, options);
	t.after(() => {
		assert.deepEqual(server.warnings, []);
		operations = server.checker.operations;
		for (const operation of server.checker.seen) succeeded.add(operation);
	});
	await server.daemon.see(threeHosts());
	const { body } = await server.call("GET", "/incidents?sort=host&ascending=true");
	const [confirmed, suspected, probable] = body.incidents.map(({ id }: { id: string }) => id) as [
		string,
		string,
		string,
	];
	return { server, confirmed, suspected, probable };
}

const act = (server: TestServer, incidents: readonly string[], action: object) =>
	server.call("POST", "/incidents/actions", { body: { incidents, action } });
const actions = async (server: TestServer) =>
	(await server.call("GET", "/audit")).body.records.map(({ action }: { action: string }) => action);

test("Now shows the open hosts, the most certain first, with counts, events, inputs and problems", async (t) => {
	const { server } = await serverWithHosts(t);
	const { body } = await server.call("GET", "/now");
	assert.deepEqual(
		body.hosts.map(({ host, confidence }: never) => [(host as { address: string }).address, confidence]),
		[
			["10.3.7.21", "confirmed"],
			["10.3.7.23", "probable"],
			["10.3.7.22", "suspected"],
		],
	);
	assert.deepEqual([body.open, body.allowlisted, body.byConfidence.confirmed], [3, 0, 1]);
	assert.deepEqual(body.byCoin, [{ name: "Monero", incidents: 1 }]);
	assert.equal(body.strip.length, 24);
	assert.equal(body.events.length, 3);
	assert.equal(body.inputs[0].drops.kernel, 7);
	assert.deepEqual(body.problems, ["input live:eth0: the kernel drops packets", "no pool list is loaded"]);
});

test("Now lists a new host a quarter of a second after its event, and counts it after 3 s", async (t) => {
	const { server } = await serverWithHosts(t);
	assert.equal((await server.call("GET", "/now")).body.open, 3);
	await server.daemon.see([sightingAt(3, { miner: { address: "10.3.7.99", port: 1 } })]);
	server.daemon.clock += 250;
	assert.equal((await server.call("GET", "/now")).body.hosts.length, 4);
	server.daemon.clock += 2750;
	assert.equal((await server.call("GET", "/now")).body.open, 4);
});

test("incidents are filtered, searched, sorted and paged by cursor", async (t) => {
	const { server } = await serverWithHosts(t);
	const hosts = async (query: string) => {
		const { body } = await server.call("GET", `/incidents?${query}`);
		return body.incidents.map(({ host }: { host: { address: string } }) => host.address.slice(-2)).join();
	};
	assert.equal(await hosts("sort=host&ascending=true"), "21,22,23");
	assert.equal(await hosts("confidence=confirmed&confidence=probable&sort=host"), "23,21");
	assert.equal(await hosts("coin=Monero"), "21");
	assert.equal(await hosts("pool=xmr.pool.example"), "21");
	assert.equal(await hosts("signal=shape&sort=host&ascending=true"), "21,22");
	assert.equal(await hosts("text=xmr+mone"), "21");
	assert.equal(await hosts("state=closed"), "");
	assert.equal(await hosts("allowlisted=true"), "");
	assert.equal(await hosts(`since=${T0 + HOUR}`), "");
	const first = (await server.call("GET", "/incidents?sort=host&limit=2")).body;
	assert.deepEqual([first.incidents.length, first.total], [2, 3]);
	const second = (await server.call("GET", `/incidents?sort=host&limit=2&cursor=${first.next}`)).body;
	assert.deepEqual([second.incidents.length, second.next], [1, undefined]);
});

test("queries that are wrong are refused with what is wrong where", async (t) => {
	const { server } = await serverWithHosts(t);
	for (const [query, path] of [
		["confidence=certain", "confidence.0"],
		["limit=100000", "limit"],
		["sort=colour", "sort"],
		["since=yesterday", "since"],
	] as const) {
		const { status, body } = await server.call("GET", `/incidents?${query}`);
		assert.deepEqual([status, body.error.code, body.error.details[0].path], [400, "malformed", path]);
	}
	const { status, body } = await server.call("GET", "/incidents?cursor=AAAA");
	assert.deepEqual([status, body.error.code], [400, "usage"]);
});

test("an incident has its sentence, advice, evidence, contributions, history and notifications", async (t) => {
	const { server, confirmed } = await serverWithHosts(t);
	const { body } = await server.call("GET", `/incidents/${confirmed}`);
	assert.match(body.sentence, /^10\.3\.7\.21 has been mining Monero at xmr\.pool\.example:3333 since .*; confirmed$/);
	assert.match(body.advice[0], /^Find the process on 10\.3\.7\.21 that is connected to xmr\.pool\.example:3333/);
	assert.deepEqual(
		body.evidence.map(({ signal }: { signal: string }) => signal),
		["payload", "shape"],
	);
	assert.deepEqual(body.contributions, [{ feature: "PUSH_SHARE", value: 0.7, effect: 0.4 }]);
	assert.deepEqual(
		body.events.map(({ kind }: { kind: string }) => kind),
		["opened"],
	);
	assert.deepEqual(body.notifications, [
		{ receiver: "soc", sequence: 1, state: "waiting", enqueued: server.daemon.clock * 1000, attempts: 0 },
	]);
	await server.daemon.store.outbox().delivered("soc", [`${confirmed}-1`]);
	const later = (await server.call("GET", `/incidents/${confirmed}`)).body;
	assert.equal(later.notifications[0].state, "settled");
	assert.equal((await server.call("GET", "/incidents/0000000000000000")).status, 404);
});

test("other hosts at the same pool are told", async (t) => {
	const { server, confirmed } = await serverWithHosts(t);
	const [first] = threeHosts();
	await server.daemon.see([{ ...first!, miner: { address: "10.3.7.77", port: 1 } }]);
	const { body } = await server.call("GET", `/incidents/${confirmed}`);
	assert.deepEqual(
		body.otherHosts.map(({ pool, hosts }: never) => [pool, (hosts as { host: string }[]).map(({ host }) => host)]),
		[["xmr.pool.example", ["10.3.7.77"]]],
	);
});

test("the rhythm has the packets with payload, marks pushes after a silence, and block times of the coin", async (t) => {
	const { server, confirmed } = await serverWithHosts(t);
	const { body } = await server.call("GET", `/incidents/${confirmed}/rhythm`);
	const [flow] = body.flows;
	assert.deepEqual(
		flow.packets.map(({ length, fromMiner, isPush }: never) => [length, fromMiner, isPush]),
		[
			[200, true, false],
			[150, false, false],
			[320, false, true],
			[320, false, true],
			[110, true, false],
			[40, false, false],
		],
	);
	assert.deepEqual(body.blocks, [{ at: (flow.begin + flow.end) / 2, coin: "Monero", height: 3_000_000 }]);
	const { sightings } = (await server.call("GET", `/incidents/${confirmed}/sightings`)).body;
	assert.deepEqual([sightings.length, sightings[0].listedPackets, sightings[0].outcome], [1, 7, "working"]);
	assert.deepEqual(
		sightings[0].evidence.map(({ signal }: { signal: string }) => signal),
		["payload", "payload", "shape"],
	);
});

test("notes and labels are kept with their author; the last label counts", async (t) => {
	const { server, suspected } = await serverWithHosts(t);
	await act(server, [suspected], { action: "note", text: "called the owner" });
	await act(server, [suspected], { action: "label", label: "miner" });
	await act(server, [suspected], { action: "label", label: "not-a-miner", text: "a monitoring agent" });
	const { body } = await server.call("GET", `/incidents/${suspected}`);
	assert.deepEqual(
		body.remarks.map(({ kind, text, author }: never) => [kind, text, author]),
		[
			["note", "called the owner", "local"],
			["miner", "", "local"],
			["not-a-miner", "a monitoring agent", "local"],
		],
	);
	assert.equal(body.label, "not-a-miner");
	assert.match(body.advice[0], /^It was labelled not a miner/);
	assert.deepEqual(await actions(server), ["label not-a-miner", "label miner", "note"]);
});

test("an operator closes incidents with a reason; what is closed or unknown says so", async (t) => {
	const { server, confirmed, probable } = await serverWithHosts(t);
	const { body } = await act(server, [confirmed, probable, "nonsense"], { action: "close", reason: "cleaned" });
	assert.deepEqual(body.results, [
		{ incident: confirmed, done: true },
		{ incident: probable, done: true },
		{ incident: "nonsense", done: false, reason: "there is no such incident" },
	]);
	const again = await act(server, [confirmed], { action: "close", reason: "cleaned" });
	assert.equal(again.body.results[0].reason, "it is closed already");
	const detail = (await server.call("GET", `/incidents/${confirmed}`)).body;
	assert.equal(detail.incident.state, "closed");
	assert.match(detail.events.at(-1).words, /^closed by local: cleaned: 10\.3\.7\.21 mined Monero /);
});

test("allow covers the incident until the entry is expired; then it is told as opened again", async (t) => {
	const { server, confirmed } = await serverWithHosts(t);
	const allow = { action: "allow", reason: "research", owner: "lab 3", until: "2027-02-01" };
	const { body } = await act(server, [confirmed], allow);
	const { entry } = body.results[0];
	assert.match(entry, /^[0-9a-f]{16}$/);
	const covered = (await server.call("GET", `/incidents/${confirmed}`)).body;
	assert.deepEqual(covered.allowedBy, [{ id: entry, reason: "research", owner: "lab 3" }]);
	assert.match(covered.advice[0], /^Nothing/);
	const [listed] = (await server.call("GET", "/allowlist")).body.entries;
	assert.deepEqual(
		[listed.id, listed.covers, listed.isEditable, listed.isExpired, listed.expires],
		[entry, 1, true, false, Date.UTC(2027, 1, 2) * 1000],
	);
	server.daemon.clock += 3000;
	const now = (await server.call("GET", "/now")).body;
	assert.deepEqual([now.allowlisted, now.hosts.length], [1, 2]);
	await server.call("POST", `/allowlist/${entry}/expire`);
	// The tracker's time is that of flows: the next one after the end of the entry uncovers the incident.
	const later = { at: (server.daemon.clock + 1000) * 1000, begin: server.daemon.clock * 1000 };
	await server.daemon.see([{ ...threeHosts()[0]!, ...later }]);
	const { events, incident } = (await server.call("GET", `/incidents/${confirmed}`)).body;
	assert.deepEqual(incident.allowedBy, []);
	assert.equal(events.at(-1).kind, "opened");
	assert.match(events.at(-1).words, /^allowlist entry "research \(lab 3\)" no longer covers it/);
	assert.equal((await server.call("GET", "/allowlist")).body.entries[0].isExpired, true);
});

test("allow until a day that is over is refused, and nothing is entered", async (t) => {
	const { server, confirmed } = await serverWithHosts(t);
	const allow = { action: "allow", reason: "research", owner: "lab 3", until: "2001-02-03" };
	const { body } = await act(server, [confirmed], allow);
	assert.equal(body.results[0].done, false);
	assert.match(body.results[0].reason, /2001-02-03 is over/);
	assert.deepEqual((await server.call("GET", "/allowlist")).body.entries, []);
});

test("allowing host and pools never takes a server name from the network for a pattern", async (t) => {
	const { server, suspected } = await serverWithHosts(t);
	const allow = { action: "allow", reason: "test", owner: "lab", scope: "host-and-pools" };
	await act(server, [suspected], allow);
	const [{ entry, covers }] = (await server.call("GET", "/allowlist")).body.entries;
	assert.deepEqual([entry.hosts, entry.pools, covers], [["10.3.7.22"], ["203.0.113.8:443"], 1]);
	assert.equal(entry.until, "2026-05-30");
});

test("allowlist entries are added, tested, changed and removed", async (t) => {
	const { server } = await serverWithHosts(t);
	const entry = { reason: "pool test", owner: "lab", pools: ["*.pool.example"], until: "2026-04-01" };
	const tested = (await server.call("POST", "/allowlist/test", { body: entry })).body;
	assert.deepEqual([tested.covered, tested.tested, tested.isComplete, tested.days], [1, 3, true, 30]);
	assert.match(tested.examples[0].sentence, /^10\.3\.7\.21 /);
	assert.deepEqual((await server.call("GET", "/allowlist")).body.entries, []);
	const { id } = (await server.call("POST", "/allowlist", { body: entry })).body;
	const extended = (await server.call("PUT", `/allowlist/${id}`, { body: { ...entry, until: "never" } })).body;
	assert.equal(extended.id, id);
	assert.equal((await server.call("GET", "/allowlist")).body.entries[0].expires, null);
	const other = (await server.call("PUT", `/allowlist/${id}`, { body: { ...entry, owner: "lab 4" } })).body;
	assert.notEqual(other.id, id);
	assert.equal((await server.call("GET", "/allowlist")).body.entries.length, 1);
	assert.equal((await server.call("DELETE", `/allowlist/${other.id}`)).status, 200);
	assert.equal((await server.call("DELETE", `/allowlist/${other.id}`)).status, 404);
	assert.deepEqual(await actions(server), [
		"remove allowlist entry",
		"change allowlist entry",
		"change allowlist entry",
		"add allowlist entry",
	]);
});

test("entries of files are shown, and changed only in their files", async (t) => {
	const entry = { reason: "from a file", owner: "ops", hosts: ["10.3.7.21"], until: "never" };
	const { server } = await serverWithHosts(t, { entriesOfFile: [entry] });
	const [{ id, source, isEditable, hits }] = (await server.call("GET", "/allowlist")).body.entries;
	assert.deepEqual([source, isEditable, hits], ["allow.yaml", false, 1]);
	for (const [method, path, body] of [
		["PUT", `/allowlist/${id}`, entry],
		["POST", `/allowlist/${id}/expire`, undefined],
		["DELETE", `/allowlist/${id}`, undefined],
		["POST", "/allowlist", entry],
	] as const) {
		const { status, body: answer } = await server.call(method, path, body && { body });
		assert.deepEqual([status, answer.error.code], [409, "entry-of-file"]);
	}
});

test("entries that are wrong are refused with what was expected", async (t) => {
	const { server } = await serverWithHosts(t);
	const valid = { reason: "r", owner: "o", hosts: ["10.0.0.0/8"] };
	for (const [changes, path, message] of [
		[{ hosts: ["10.0.0.0/33"] }, "hosts.0", /expected a network/],
		[{ until: "tomorrow" }, "until", /expected a date/],
		[{ hosts: ["0.0.0.0/0"] }, "", /everything: true/],
		[{ colour: "red" }, "", /colour/],
		[{ reason: " " }, "reason", /some text/],
	] as const) {
		const { status, body } = await server.call("POST", "/allowlist", { body: { ...valid, ...changes } });
		assert.deepEqual([status, body.error.details[0].path], [400, path]);
		assert.match(body.error.details[0].message, message);
	}
});

test("pools are listed, searched and shown with their hosts", async (t) => {
	const { server } = await serverWithHosts(t);
	const keys = async (query: string) =>
		(await server.call("GET", `/pools?${query}`)).body.pools.map(({ key }: { key: string }) => key);
	assert.deepEqual(await keys(""), ["203.0.113.9:4444", HOSTILE_NAME.toLowerCase(), "xmr.pool.example"]);
	assert.deepEqual(await keys("text=XMR"), ["xmr.pool.example"]);
	assert.deepEqual(await keys("text=mone"), ["xmr.pool.example"]);
	assert.deepEqual(await keys("text=%25"), []);
	const first = (await server.call("GET", "/pools?limit=1")).body;
	assert.equal((await keys(`limit=2&cursor=${first.next}`)).length, 2);
	const { body } = await server.call("GET", `/pools/${encodeURIComponent("xmr.pool.example")}`);
	assert.deepEqual(body.addresses, [{ address: "203.0.113.7", port: 3333, serverName: "xmr.pool.example" }]);
	assert.deepEqual(body.hosts[0].host, "10.3.7.21");
	assert.deepEqual([body.pool.hosts, body.pool.openHosts, body.pool.coins], [1, 1, ["Monero"]]);
	const hostile = await server.call("GET", `/pools/${encodeURIComponent(HOSTILE_NAME.toLowerCase())}`);
	assert.equal(hostile.body.hosts[0].host, "10.3.7.22");
	assert.equal((await server.call("GET", "/pools/unknown.example")).status, 404);
});

test("probing needs the permission of the configuration, and a server of an incident", async (t) => {
	const { server } = await serverWithHosts(t);
	const target = { address: "203.0.113.7", port: 3333, serverName: "xmr.pool.example" };
	for (const path of ["/probes", "/probes/plan"]) {
		const { status, body } = await server.call("POST", path, { body: target });
		assert.deepEqual([status, body.error.code], [403, "probing-disabled"]);
	}
	const probed: unknown[] = [];
	server.daemon.prober = {
		plan: (asked) => ({ target: asked, steps: [{ words: "log in as a miner", bytes: '{"method":"login"}\n' }] }),
		probe: async (asked) => {
			probed.push(asked);
			return {
				target: asked,
				isPool: true,
				words: "it answers as a Monero pool",
				protocol: "monero-stratum",
				latency: 12,
			};
		},
	};
	assert.equal((await server.call("GET", "/session")).body.mayProbe, true);
	assert.equal((await server.call("POST", "/probes/plan", { body: target })).body.steps.length, 1);
	assert.deepEqual(probed, []);
	assert.equal((await server.call("POST", "/probes", { body: target })).body.isPool, true);
	assert.deepEqual(probed, [target]);
	for (const other of [
		{ ...target, port: 22 },
		{ ...target, address: "203.0.113.99" },
		{ ...target, serverName: "other.example" },
	]) {
		assert.equal((await server.call("POST", "/probes", { body: other })).status, 404);
	}
	assert.equal((await server.call("POST", "/probes", { body: { ...target, address: "localhost" } })).status, 400);
	const statuses = [];
	for (let i = 0; i < 10; i++) statuses.push((await server.call("POST", "/probes", { body: target })).status);
	assert.deepEqual([statuses[8], statuses[9]], [200, 429]);
	assert.deepEqual((await actions(server))[0], "probe");
});

test("the model is shown with the feedback; what-if counts what a higher threshold would leave", async (t) => {
	const { server, suspected, confirmed } = await serverWithHosts(t);
	await act(server, [confirmed], { action: "label", label: "miner" });
	server.daemon.clock += 1;
	await act(server, [suspected], { action: "label", label: "not-a-miner" });
	const { body } = await server.call("GET", "/model");
	assert.equal(body.model.card.name, "test model");
	assert.deepEqual([body.feedback.miner, body.feedback.notAMiner], [1, 1]);
	assert.deepEqual(
		body.feedback.newest.map(({ incident, label, flows }: never) => [incident, label, flows]),
		[
			[suspected, "not-a-miner", 1],
			[confirmed, "miner", 1],
		],
	);
	const { present, points } = (await server.call("GET", "/model/what-if")).body;
	assert.equal(present, 0.8);
	const at = (threshold: number) => {
		const { incidents, hosts, labelledMiners, labelledOthers } = points.find(
			(point: { threshold: number }) => point.threshold === threshold,
		);
		return [incidents, hosts, labelledMiners, labelledOthers];
	};
	assert.deepEqual(at(0.8), [3, 3, 1, 1]);
	// Only the host that shape alone found, with probability 0.95, depends on the threshold.
	assert.deepEqual(at(0.95), [3, 3, 1, 1]);
	assert.deepEqual(at(0.96), [2, 2, 1, 0]);
	assert.deepEqual(at(1), [2, 2, 1, 0]);
});

test("the system page has inputs, receivers, store and configuration; receivers are tested one by one or all", async (t) => {
	const { server } = await serverWithHosts(t);
	const { body } = await server.call("GET", "/system");
	assert.deepEqual([body.inputs[0].name, body.store.incidents, body.store.health.state], ["live:eth0", 3, "ok"]);
	assert.deepEqual((await server.call("POST", "/system/receivers/soc/test")).body.results, [
		{ receiver: "soc", delivered: false, reason: "connection refused" },
	]);
	await server.call("POST", "/system/receivers/test");
	assert.equal((await server.call("POST", "/system/receivers/nobody/test")).status, 404);
	assert.deepEqual(server.daemon.tested, ["soc", undefined]);
});

test("users log in, have tokens for programs, and log out", async (t) => {
	const { server } = await serverWithHosts(t);
	await server.server.accounts.put("alice", "operator", PASSWORD);
	const session = await server.login("alice");
	assert.deepEqual((await server.call("GET", "/session", { session })).body, {
		user: "alice",
		role: "operator",
		loginRequired: true,
		csrfToken: session.csrfToken,
		mayProbe: false,
		version: "1.2.3",
	});
	const made = (await server.call("POST", "/tokens", { session, body: { name: "script", days: 30 } })).body;
	assert.equal(made.expires, (server.daemon.clock + 30 * 86_400_000) * 1000);
	assert.equal((await server.call("GET", "/now", { token: made.token })).status, 200);
	const again = await server.call("POST", "/tokens", { session, body: { name: "script" } });
	assert.equal(again.status, 409);
	const { tokens } = (await server.call("GET", "/tokens", { session })).body;
	assert.deepEqual([tokens.length, tokens[0].name, tokens[0].user], [1, "script", "alice"]);
	assert.equal((await server.call("DELETE", "/tokens/script", { session })).status, 200);
	assert.equal((await server.call("GET", "/now", { token: made.token })).status, 401);
	assert.equal((await server.call("DELETE", "/session", { session })).status, 200);
	assert.equal((await server.call("GET", "/now", { session })).status, 401);
});

after(() => {
	// Reading the stream of changes has tests of its own; it never ends by itself.
	const untested = operations.filter((operation) => !succeeded.has(operation) && operation !== "readChanges");
	assert.deepEqual(untested, ["exportIncidents", "exportLabelledFlows"]);
});
