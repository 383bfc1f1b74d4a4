import assert from "node:assert/strict";
import { test } from "node:test";
import { otherBehaviours, poolBehaviours } from "../../lab/pools/behaviours.ts";
import { type ServerOptions, startServer } from "../../lab/pools/scripted-server.ts";
import type { MiningProtocol } from "../mining/index.ts";
import { type ProbeOutcome, probe } from "./probe.ts";
import { PROBED_PROTOCOLS, probeRequest } from "./probe-request.ts";

const identity = { agent: "decrypto-test/1.0" };

async function ask(
	server: { address: string; port: number },
	protocol: MiningProtocol,
	tls = false,
	timeout = 1000,
): Promise<ProbeOutcome> {
	const { address, port } = server;
	const id = 4711;
	return probe({
		address,
		port,
		tls,
		serverName: "pool.example",
		protocol,
		id,
		request: probeRequest(protocol, id, "pool.example", port, identity)!,
		timeout,
	});
}

const PROOFS: readonly [
	behaviour: keyof typeof poolBehaviours,
	asked: MiningProtocol,
	proven: MiningProtocol,
	coin?: string,
][] = [
	["stratum", "stratum", "stratum"],
	["ethereum-stratum", "ethereum-stratum", "ethereum-stratum"],
	["ethereum-stratum", "stratum", "ethereum-stratum"],
	["zcash-stratum", "zcash-stratum", "zcash-stratum"],
	["zcash-stratum", "stratum", "stratum"],
	["monero", "monero-stratum", "monero-stratum", "Monero"],
	["monero that refuses", "monero-stratum", "monero-stratum"],
	["eth-proxy", "eth-proxy", "eth-proxy"],
	["getwork", "getwork", "getwork"],
	["getblocktemplate", "getblocktemplate", "getblocktemplate"],
];

for (const [behaviour, asked, proven, coin] of PROOFS) {
	for (const options of [{}, { certificateName: "pool.example" }] as ServerOptions[]) {
		const tls = options.certificateName !== undefined;
		test(`a ${behaviour} pool asked for ${asked}${tls ? " over TLS" : ""} is verified`, async () => {
			await using server = await startServer(poolBehaviours[behaviour], options);
			const outcome = await ask(server, asked, tls, 5000);
			assert.equal(outcome.kind, "verified");
			if (outcome.kind !== "verified") return;
			assert.deepEqual(outcome.proven, { protocol: proven, ...(coin && { coin }) });
			assert.deepEqual(outcome.certificateNames, tls ? ["pool.example"] : []);
			assert.match(server.received.join(""), /decrypto-test\/1\.0/);
		});
	}
}

const ENDS: Readonly<Record<keyof typeof otherBehaviours, readonly string[]>> = {
	"web server": ["no-pool", "silent"],
	"JSON server": ["no-pool", "silent"],
	"JSON server that agrees": ["no-pool", "silent"],
	echo: ["no-pool"],
	"language server": ["no-pool"],
	hangs: ["silent"],
	closes: ["closed"],
	"closes when asked": ["closed"],
	garbage: ["no-pool"],
	"a megabyte without a line": ["no-pool"],
	dribbles: ["no-pool"],
};

for (const [name, kinds] of Object.entries(ENDS)) {
	test(`a server that is not a pool, ${name}, is verified by no request`, async () => {
		await using server = await startServer(otherBehaviours[name as keyof typeof otherBehaviours]);
		const outcomes = await Promise.all(PROBED_PROTOCOLS.map((protocol) => ask(server, protocol)));
		for (const { kind } of outcomes) assert.ok(kinds.includes(kind), kind);
		assert.equal((await ask(server, "stratum", true)).kind, "no-tls");
	});
}

test("a closed port is unreachable, and no further attempt is needed", async () => {
	const server = await startServer({});
	await server[Symbol.asyncDispose]();
	assert.equal((await ask(server, "stratum")).kind, "unreachable");
});

test("a TLS server probed without TLS, and a TLS server that is not a pool", async () => {
	await using pool = await startServer(poolBehaviours.stratum, { certificateName: "pool.example" });
	assert.notEqual((await ask(pool, "stratum", false)).kind, "verified");
	await using other = await startServer(otherBehaviours["JSON server"], { certificateName: "pool.example" });
	assert.equal((await ask(other, "stratum", true, 5000)).kind, "no-pool");
});

test("an interrupted probe ends at once", async () => {
	await using server = await startServer(otherBehaviours.hangs);
	const interruption = new AbortController();
	const { address, port } = server;
	const asked = probe(
		{ address, port, tls: false, protocol: "stratum", id: 1, request: "{}\n", timeout: 60_000 },
		interruption.signal,
	);
	interruption.abort();
	assert.equal((await asked).kind, "unreachable");
});
