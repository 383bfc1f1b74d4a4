import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { runProgram } from "./run-program.testing.ts";

/** What is looked at of a flow in the report of `detect`. */
interface SeenFlow {
	readonly miner: boolean;
	readonly reason?: string;
	readonly mining_protocol?: string;
	readonly coin?: string;
	readonly miner_ip?: string;
	readonly tls_sni?: string;
	readonly time_first: string;
	readonly bytes: number;
	readonly packets: number;
}

const cases = "cases";

async function flowsOf(path: string): Promise<SeenFlow[]> {
	const { status, stdout, stderr } = await runProgram("detect", "--all", sharedPath(`${cases}/${path}`)!);
	assert.equal(status, 0, stderr);
	return stdout
		.split("\n")
		.filter((line) => line !== "")
		.map((line) => JSON.parse(line) as SeenFlow);
}

async function minersOf(path: string): Promise<SeenFlow[]> {
	return (await flowsOf(path)).filter(({ miner }) => miner);
}

/** Protocol and coin of each mining flow. */
const RECOGNISED: Readonly<Record<string, readonly (readonly [protocol: string, coin?: string])[]>> = {
	"mining-print": [["stratum"]],
	"client-show-message": [["stratum"]],
	"bip310-reply": [["stratum"]],
	"eip1571-subscribe-string": [["ethereum-stratum"]],
	"eip1571-hello-reply": [["ethereum-stratum"]],
	"alephium-target-string": [["ethereum-stratum"]],
	"kaspa-as-ethereum-classic": [["ethereum-stratum"]],
	"grin-login-label": [["grin-stratum", "Grin"]],
	"socks5-then-login": [["monero-stratum", "Monero"]],
	"ws-after-upgrade": [["web-miner"]],
	"ws-without-upgrade": [["web-miner"]],
	"unknown-protocols": [
		["pascal-stratum", "PascalCoin"],
		["quai-stratum", "Quai"],
		["ckb-stratum", "Nervos"],
		["beam-stratum", "Beam"],
		["beam-stratum", "Beam"],
		["kadena-mining", "Kadena"],
		["xelis-getwork", "Xelis"],
		["monero-stratum"],
	],
};

const NOT_MINING = [
	"payload/esp32-user-agent.pcap",
	"payload/x-long-polling-true.pcap",
	"payload/one-hash-reply.pcap",
	"payload/getblocktemplate-explorer.pcap",
	"names/pool-website-short.pcap",
	"names/mempool-name.pcap",
	"shape/shape-electrum.pcap",
];

describe("small inputs that were answered wrongly once", { skip: needsShared(cases) }, () => {
	for (const [name, expected] of Object.entries(RECOGNISED)) {
		test(`${name}: mining, by its protocol, with a coin only where it is told`, async () => {
			const miners = await minersOf(`payload/${name}.pcap`);
			assert.deepEqual(
				miners.map(({ mining_protocol, coin }) => [mining_protocol, coin]),
				expected.map(([protocol, coin]) => [protocol, coin]),
			);
		});
	}

	for (const path of NOT_MINING) {
		test(`${path}: not mining`, async () => {
			assert.deepEqual(await minersOf(path), []);
		});
	}

	test("a pool's name is as telling with 7 packets back as with 8", async () => {
		for (const packets of [7, 8])
			assert.equal((await minersOf(`names/pool-name-${packets}-packets-back.pcap`)).length, 1);
	});

	test("a hello in two segments has its name, whichever comes first", async () => {
		const names = ["hello-in-order", "hello-swapped"].map(async (name) => {
			const flows = await flowsOf(`metering/${name}.pcap`);
			return flows.map(({ tls_sni }) => tls_sni);
		});
		const [inOrder, swapped] = await Promise.all(names);
		assert.ok(inOrder![0]);
		assert.deepEqual(swapped, inOrder);
	});

	test("a total length of 0 is that of what was captured, one below the headers makes no flow", async () => {
		const flows = await flowsOf("metering/total-length-zero.pcap");
		assert.deepEqual(
			flows.map(({ bytes, packets }) => [bytes, packets]),
			[[160, 1]],
		);
	});

	test("IPFIX: the time base of an options record counts, and deltas are not added to totals", async () => {
		for (const { time_first } of await flowsOf("ipfix/init-time-in-options.ipfix"))
			assert.match(time_first, /^2023-11-14/);
		const [flow] = await flowsOf("ipfix/delta-after-total.ipfix");
		assert.deepEqual([flow!.bytes, flow!.packets], [65, 1]);
	});

	test("Parquet files that do not end or have no end are refused in one line", async () => {
		for (const name of ["bomb", "parquet-hang-1647"]) {
			const { status, stderr } = await runProgram("detect", sharedPath(`${cases}/files/${name}.parquet`)!);
			assert.equal(status, 1);
			assert.match(stderr, /a row group .*damaged|a row group needs more than/);
		}
	});

	test("bad rows of verified pools are refused by their number, and no rule has them", async () => {
		for (const [name, lines] of [
			["v-short", [2]],
			["v-zone", [2, 3, 4, 5]],
		] as const) {
			const rules = await runProgram("pools", "rules", sharedPath(`${cases}/files/${name}.csv`)!, "--format", "csv");
			assert.equal(rules.status, 0, rules.stderr);
			for (const line of lines) assert.match(rules.stderr, new RegExp(`line ${line}: `));
			assert.equal(rules.stdout.trim().split("\n").length, 1, "a header only");
		}
	});

	for (const name of ["chunked-http-5-byte-chunks", "out-of-order-segments"]) {
		test(`${name}: 20 mining hosts by payload, and no pool is one`, async () => {
			const miners = await minersOf(`evasion/${name}.pcap.gz`);
			const hosts = new Set(miners.map(({ miner_ip }) => miner_ip));
			assert.equal(hosts.size, 20);
			for (const host of hosts) assert.match(host!, /^10\./);
			assert.ok(miners.every(({ reason }) => reason === "stratum"));
		});
	}
});
