import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, beforeEach, describe, it } from "node:test";
import { otherBehaviours, poolBehaviours } from "../../lab/pools/behaviours.ts";
import { startServer } from "../../lab/pools/scripted-server.ts";
import { ProbeHistory } from "./probe-history.ts";
import { ProvenPools } from "./proven-pools.ts";
import { SuspectProber, type SuspectProberOptions, type SuspectServer } from "./suspect-prober.ts";
import { readVerified, type VerifiedPool } from "./verified-pool.ts";

const folder = mkdtempSync(join(tmpdir(), "decrypto-probe-"));
after(() => rmSync(folder, { recursive: true }));
const DAY = 86_400_000;

/** All connections of this process during a test. */
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

function proberWith(options: Partial<SuspectProberOptions> = {}) {
	const lines: string[] = [];
	const prober = new SuspectProber({
		mode: "on-request",
		agent: "example-university-soc/1.0",
		isOurs: () => false,
		allowReserved: true,
		timeout: 300,
		gap: 0,
		log: (line) => lines.push(line),
		...options,
	});
	return { prober, lines };
}

describe("a probe of a suspected server", () => {
	it("proves a pool, with and without TLS, and reports it", async () => {
		for (const tls of [false, true]) {
			await using server = await startServer(poolBehaviours.monero, tls ? { certificateName: "pool.example" } : {});
			const proofs: VerifiedPool[] = [];
			const { prober, lines } = proberWith({ timeout: 3000, onProven: (_, pool) => proofs.push(pool) });
			const result = await prober.probe(server);
			assert.equal(result.outcome, "proven");
			assert.equal(result.isPool, true);
			assert.equal(result.protocol, "monero-stratum");
			assert.deepEqual(proofs, [result.pool]);
			assert.equal(proofs[0]!.tls, tls);
			assert.match(lines[0]!, /requested, as example-university-soc\/1\.0$/);
			assert.match(lines[1]!, /answered as a mining pool that speaks monero-stratum for Monero/);
		}
	});

	it("identifies the operator, and contains nothing of the suspect but a host name", async () => {
		await using server = await startServer(otherBehaviours.hangs);
		const { prober } = proberWith({ timeout: 100 });
		const hostile = { ...server, serverName: "evil.example\r\nX-Wallet: 4secret" };
		await prober.probe(hostile);
		const sent = server.received.join("");
		assert.match(sent, /example-university-soc\/1\.0/);
		assert.ok(!sent.includes("4secret"), sent);
		assert.ok(!JSON.stringify(prober.plan(hostile).steps).includes("4secret"));
	});

	it("sends the requests of its plan", async () => {
		await using server = await startServer(otherBehaviours.hangs);
		const { prober } = proberWith({ timeout: 100 });
		const { steps } = prober.plan(server);
		assert.equal(connections.length, 0);
		await prober.probe(server);
		const withoutIds = (text: string) => text.replaceAll(/"id":\d+/g, '"id":N').replaceAll(/Content-Length: \d+/g, "");
		const received = server.received.map(withoutIds);
		for (const { bytes } of steps) assert.ok(received.includes(withoutIds(bytes)), bytes);
	});

	it("is made at most once a day, also across a restart, and logged if refused", async () => {
		await using server = await startServer(poolBehaviours.stratum);
		let now = Date.now();
		const path = join(folder, "history");
		const again = () => proberWith({ history: new ProbeHistory(path, now - DAY), now: () => now });
		assert.equal((await again().prober.probe(server)).outcome, "proven");
		const sent = connections.length;
		now += DAY - 1;
		const { prober, lines } = again();
		const refused = await prober.probe(server);
		assert.equal(refused.outcome, "refused");
		assert.match(lines[0]!, /not probed: it was asked within the last 24 hours/);
		assert.equal(connections.length, sent);
		now += 1;
		assert.equal((await again().prober.probe(server)).outcome, "proven");
	});

	it("is made once for simultaneous requests", async () => {
		await using server = await startServer(poolBehaviours.stratum);
		const { prober } = proberWith();
		const outcomes = await Promise.all(Array.from({ length: 5 }, () => prober.probe(server)));
		assert.deepEqual(
			outcomes.map(({ outcome }) => outcome),
			["proven", "refused", "refused", "refused", "refused"],
		);
	});

	it("ends in bounded time at hanging, lying and endless servers, and proves nothing", async () => {
		for (const [name, behaviour] of Object.entries(otherBehaviours)) {
			await using server = await startServer(behaviour);
			const begun = performance.now();
			const result = await proberWith({ timeout: 100 }).prober.probe(server);
			assert.equal(result.outcome, "unproven", name);
			assert.ok(performance.now() - begun < 5000, name);
		}
	});

	it("is refused if too many wait, and ends at once when interrupted", async () => {
		await using server = await startServer(otherBehaviours.hangs);
		const { prober } = proberWith({ timeout: 60_000 });
		const interruption = new AbortController();
		const many = Array.from({ length: 70 }, (_, k) =>
			prober.probe({ address: `127.0.0.${k + 2}`, port: server.port }, interruption.signal),
		);
		const first = prober.probe(server, interruption.signal);
		assert.match((await first).words, /too many probes wait/);
		interruption.abort();
		assert.equal((await Promise.all(many)).length, 70);
	});
});

describe("without permission nothing is sent:", () => {
	const cases: Readonly<Record<string, Partial<SuspectProberOptions>>> = {
		"to our own hosts": { isOurs: (address) => address.startsWith("127.") },
		"to hosts that must not be asked": { isDenied: (host) => host === "127.0.0.1" },
		"to names that must not be asked": { isDenied: (host) => host === "pool.example" },
		"to private and reserved addresses": { allowReserved: false },
	};
	for (const [name, options] of Object.entries(cases)) {
		it(name, async () => {
			await using server = await startServer(poolBehaviours.stratum);
			const { prober, lines } = proberWith({ mode: "automatic", ...options });
			const suspect: SuspectServer = { ...server, serverName: "pool.example" };
			for (const result of [await prober.probe(suspect), await prober.probeAutomatically(suspect)]) {
				assert.equal(result.outcome, "refused");
				assert.match(result.words, /^not probed: /);
			}
			assert.equal(lines.length, 2);
			assert.deepEqual(connections, []);
			assert.deepEqual(server.received, []);
		});
	}

	it("by the program itself, if only requests are permitted", async () => {
		await using server = await startServer(poolBehaviours.stratum);
		assert.equal((await proberWith().prober.probeAutomatically(server)).outcome, "refused");
		assert.deepEqual(connections, []);
		assert.equal((await proberWith({ mode: "automatic" }).prober.probeAutomatically(server)).outcome, "proven");
		assert.ok(connections.length > 0, "the watch of connections sees them");
	});

	it("to an invalid address, nor with an agent that is invalid in a request", async () => {
		const { prober } = proberWith();
		assert.equal((await prober.probe({ address: "pool.example", port: 80 })).outcome, "refused");
		assert.equal((await prober.probe({ address: "127.0.0.1", port: 0 })).outcome, "refused");
		assert.deepEqual(connections, []);
		for (const agent of ["", "a\r\nb", "x".repeat(101)]) assert.throws(() => proberWith({ agent }), { code: "usage" });
	});

	it("if the history cannot be written", async () => {
		await using server = await startServer(poolBehaviours.stratum);
		const { prober } = proberWith({ history: new ProbeHistory(join(folder, "missing", "history")) });
		await assert.rejects(prober.probe(server));
		assert.deepEqual(connections, []);
	});
});

describe("the list of proven pools", () => {
	it("keeps the last proof of each server", () => {
		const path = join(folder, "proven.csv");
		const proofs = new ProvenPools(path);
		const pool: VerifiedPool = {
			address: "203.0.113.7",
			port: 443,
			tls: true,
			protocol: "monero-stratum",
			coin: "Monero",
			host: "203.0.113.7",
			latency: 20,
			certificateNames: [],
			verified: "2026-03-01T09:12:00Z",
		};
		proofs.add(pool);
		proofs.add({ ...pool, address: "203.0.113.8" });
		proofs.add({ ...pool, latency: 30 });
		assert.deepEqual(
			readVerified(readFileSync(path, "utf8"), path).map(({ address, latency }) => [address, latency]),
			[
				["203.0.113.7", 30],
				["203.0.113.8", 20],
			],
		);
	});
});
