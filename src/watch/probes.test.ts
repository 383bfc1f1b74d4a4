import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { Socket } from "node:net";
import { afterEach, beforeEach, test } from "node:test";
import { otherBehaviours, poolBehaviours } from "../../lab/pools/behaviours.ts";
import { startServer } from "../../lab/pools/scripted-server.ts";
import { PAYLOAD_OF_MINER, sightingAt } from "../incident/sighting.testing.ts";
import { readVerified } from "../pool/verified-pool.ts";
import { controlHandler } from "./control.ts";
import { TestPlace, until } from "./daemon.testing.ts";
import type { Daemon } from "./daemon.ts";
import { daemonView } from "./daemon-view.ts";

const CONTACT = "soc@campus.example";
const PERMITTED = { mode: "ask", contact: CONTACT, private: true };

/** Every connection that this thread begins, while a test runs. */
const connections: unknown[] = [];
const { connect } = Socket.prototype;
beforeEach(() => {
	connections.length = 0;
	Socket.prototype.connect = function (this: Socket, ...parts: unknown[]) {
		connections.push(parts);
		return Reflect.apply(connect, this, parts) as Socket;
	} as typeof connect;
});
afterEach(() => {
	Socket.prototype.connect = connect;
});

interface Server {
	readonly address: string;
	readonly port: number;
}

/** Incidents of hosts whose login to the server was seen, but no answer: probable. */
async function suspect({ address, port }: Server, daemon: Daemon, hosts = ["10.3.7.21"]): Promise<string[]> {
	const at = Date.now() * 1000;
	const seen = { at, begin: at, pool: { address, port }, decidedBy: "stratum", evidence: [PAYLOAD_OF_MINER] } as const;
	await daemon.keeper.witness(hosts.map((host) => sightingAt(0, { ...seen, miner: { address: host, port: 50_000 } })));
	const { incidents } = await daemon.store.find({ state: "open" });
	assert.deepEqual(
		incidents.map(({ confidence }) => confidence),
		hosts.map(() => "probable"),
	);
	return incidents.map(({ id }) => id);
}

async function confidences(daemon: Daemon): Promise<string[]> {
	return (await daemon.store.find({})).incidents.map(({ confidence }) => confidence);
}

function ask(daemon: Daemon, incident: string) {
	return controlHandler(daemon, () => daemon.reload())({ command: "probe", incident });
}

test("nothing is sent without permission, which is not there by default", async () => {
	await using server = await startServer(poolBehaviours.monero);
	await using place = new TestPlace();
	for (const probes of [undefined, { mode: "never", contact: CONTACT, private: true }]) {
		const daemon = await place.start(probes ? { probes } : {});
		if (!probes) await suspect(server, daemon);
		const { incidents } = await daemon.store.find({});
		await assert.rejects(ask(daemon, incidents[0]!.id), /the configuration does not permit probes/);
		assert.equal(daemonView(daemon).prober, undefined);
		await place.stop();
	}
	assert.deepEqual(connections, []);
	assert.deepEqual(server.received, []);
	assert.ok(!existsSync(place.path("incidents.db-probes")));
});

test("on request a pool is proven: its incidents are confirmed, and it stands in the list of pools", async () => {
	await using server = await startServer(poolBehaviours.monero);
	await using place = new TestPlace();
	const daemon = await place.start({ probes: PERMITTED });
	const [id] = await suspect(server, daemon, ["10.3.7.21", "10.3.7.22"]);
	assert.deepEqual(connections, [], "nobody has asked yet");
	const probed = await ask(daemon, id!);
	assert.partialDeepStrictEqual(probed, [{ outcome: "proven", target: { port: server.port } }]);
	assert.deepEqual(await confidences(daemon), ["confirmed", "confirmed"]);
	const incident = await daemon.store.ask("details", "incident", id!);
	assert.equal(incident!.flows, 1);
	assert.ok(incident!.signals.some(({ signal }) => signal === "probe"));
	assert.ok(server.received.join("").includes(`decrypto-probe/1.0 (${CONTACT})`));
	const list = place.path("incidents.db-proven.csv");
	assert.deepEqual(
		readVerified(readFileSync(list, "utf8"), list).map(({ port }) => port),
		[server.port],
	);
	const begun = connections.length;
	await place.stop();
	const again = await place.start({ probes: PERMITTED });
	assert.partialDeepStrictEqual(await ask(again, id!), [{ outcome: "refused" }]);
	assert.equal(connections.length, begun, "once a day, also over a restart");
	await assert.rejects(ask(again, "no-such-id"), /there is no incident no-such-id/);
});

test("the web UI sees the same permission, which a reload gives and takes", async () => {
	await using server = await startServer(poolBehaviours.stratum);
	await using place = new TestPlace();
	const daemon = await place.start({});
	await suspect(server, daemon);
	const view = daemonView(daemon);
	assert.equal(view.prober, undefined);
	place.configure({ probes: PERMITTED });
	assert.equal((await daemon.reload()).words, "probes changed");
	const target = { address: server.address, port: server.port };
	assert.ok(view.prober!.plan(target).steps.length > 0);
	assert.deepEqual(connections, []);
	assert.equal((await view.prober!.probe(target, AbortSignal.timeout(20_000))).isPool, true);
	assert.deepEqual(await confidences(daemon), ["confirmed"]);
	place.configure({});
	await daemon.reload();
	assert.equal(view.prober, undefined);
});

test("with mode automatic a probable incident's server is asked, unless it is ours, denied or private", async () => {
	await using server = await startServer(poolBehaviours.stratum);
	const automatic = { ...PERMITTED, mode: "automatic" };
	const refusing = [
		{ probes: automatic, networks: { ours: ["127.0.0.0/8"] } },
		{ probes: { ...automatic, deny: ["127.0.0.0/24"] } },
		{ probes: { ...automatic, private: false } },
		{ probes: PERMITTED },
	];
	for (const configuration of refusing) {
		await using place = new TestPlace();
		const daemon = await place.start({ ...configuration, log: { level: "info" } });
		await suspect(server, daemon);
		await daemon.stop();
		assert.deepEqual(connections, [], JSON.stringify(configuration));
	}
	await using place = new TestPlace();
	const daemon = await place.start({ probes: automatic });
	await suspect(server, daemon);
	await until(async () => (await confidences(daemon))[0] === "confirmed", "the incident is confirmed");
});

test("a server that is no pool stays probable, and one that hangs does not hold up the end", async () => {
	await using closing = await startServer(otherBehaviours.echo);
	await using hanging = await startServer(otherBehaviours.hangs);
	await using place = new TestPlace();
	const daemon = await place.start({ probes: { ...PERMITTED, mode: "automatic" } });
	await suspect(hanging, daemon);
	await until(() => hanging.received.length > 0, "the server is asked");
	const begun = performance.now();
	await place.stop();
	assert.ok(performance.now() - begun < 5000);
	const again = await place.start({ probes: PERMITTED });
	assert.deepEqual(await confidences(again), ["probable"]);
	const prober = daemonView(again).prober!;
	const { isPool } = await prober.probe({ address: closing.address, port: closing.port }, AbortSignal.timeout(20_000));
	assert.equal(isPool, false);
	assert.deepEqual(await confidences(again), ["probable"]);
});

test("a permission without a contact is refused", async () => {
	await using place = new TestPlace();
	await assert.rejects(place.start({ probes: { mode: "ask" } }), /probes need a contact/);
});
