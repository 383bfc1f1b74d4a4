import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { type MiningProtocol, recogniseMining } from "../../src/mining/index.ts";
import type { Conversation } from "../conversation.ts";
import { Random } from "../random.ts";
import { ethProxy } from "./eth-proxy.ts";
import { hiddenMiningScripts, type MiningScript, miningScripts } from "./mining.ts";
import { type MiningParameters, ordinaryMining } from "./mining-parameters.ts";
import { moneroDaemon } from "./monero-daemon.ts";
import { bitcoinMiners, bitcoinStratum } from "./stratum-bitcoin.ts";
import { stratumV2 } from "./stratum-v2.ts";
import { voidWallets } from "./void-wallets.ts";
import { webMiner } from "./web-miner.ts";
import { moneroLogin, moneroMiners, moneroPools } from "./xmrig.ts";

interface Rpc {
	readonly id?: unknown;
	readonly method?: string;
	// biome-ignore lint/suspicious/noExplicitAny: the shape differs by protocol and is what the tests look into
	readonly params?: any;
	// biome-ignore lint/suspicious/noExplicitAny: see above
	readonly result?: any;
}

const text = new TextDecoder();
const run = (script: MiningScript, more: Partial<MiningParameters> = {}, seed = 7) =>
	script(new Random(seed), { ...ordinaryMining, ...more });
const linesOf = (conversation: Conversation, from: "client" | "server"): Rpc[] =>
	conversation.messages
		.filter((message) => message.from === from)
		.flatMap((message) => text.decode(message.bytes).trimEnd().split("\n"))
		.map((each) => JSON.parse(each));
/** What a recogniser of mining must take each script for. */
const protocols: Readonly<Record<string, MiningProtocol>> = {
	bitcoinStratum: "stratum",
	moneroLogin: "monero-stratum",
	ethProxy: "eth-proxy",
	ethereumStratum: "ethereum-stratum",
	ravencoinStratum: "stratum",
	kaspaStratum: "ethereum-stratum",
	zcashStratum: "zcash-stratum",
	niceHashStratum: "stratum",
	getwork: "getwork",
	getBlockTemplate: "getblocktemplate",
};
const overHttp = new Set(["getwork", "getBlockTemplate"]);
const inLines = (name: string) => name in miningScripts && !overHttp.has(name);

for (const [name, script] of Object.entries({ ...miningScripts, ...hiddenMiningScripts })) {
	describe(`the ${name} script`, () => {
		it("is a miner's, in the order of time, with bytes of the length it tells", () => {
			const conversation = run(script);
			assert.equal(conversation.label, "Miner");
			assert.ok(conversation.messages.length > 40);
			assert.equal(conversation.messages[0]?.from, "client");
			let before = 0;
			for (const message of conversation.messages) {
				assert.ok(message.at >= before && message.at <= ordinaryMining.duration);
				assert.equal(message.bytes?.length, message.length);
				before = message.at;
			}
		});

		it("is recognised by the miner's first message for what it claims to be, and by some message of the pool", () => {
			const { messages } = run(script);
			if (name in hiddenMiningScripts) return;
			const [first] = messages;
			const found = recogniseMining(first!.bytes!, 0, first!.length);
			assert.equal(found?.protocol, protocols[name]);
			assert.equal(found?.sender, "miner");
			const fromPool = messages.filter(({ from }) => from === "server");
			assert.ok(fromPool.some(({ bytes, length }) => recogniseMining(bytes!, 0, length)?.sender === "pool"));
		});

		it("gives the same bytes for the same seed, others for another", () => {
			assert.deepEqual(run(script), run(script));
			assert.notDeepEqual(run(script), run(script, {}, 8));
		});

		it("hands in more shares when they are found sooner, none when none is found", () => {
			const submitted = (shareInterval: number) =>
				run(script, { shareInterval, keepAlive: Number.POSITIVE_INFINITY, jobInterval: 60 }).messages.filter(
					(message) => message.from === "client",
				).length;
			if (name === "moneroDaemon") return;
			assert.ok(submitted(5) > 2 * submitted(60));
			assert.ok(submitted(60) > submitted(Number.POSITIVE_INFINITY));
		});

		it("shows the wallet it is given, and otherwise one that is void", () => {
			if (!inLines(name)) return;
			const all = (conversation: Conversation) =>
				conversation.messages.map((message) => text.decode(message.bytes)).join("");
			assert.match(all(run(script, { wallet: "VoidOfMine" })), /VoidOfMine/);
			assert.match(all(run(script)), /Void|void|v0yd|deadbeef0000/);
		});

		if (!inLines(name)) return;

		it("answers every request once, by its number, one way and back later", () => {
			const conversation = run(script, { workers: 3, latency: 0.05 });
			const asked = linesOf(conversation, "client").map(({ id }) => JSON.stringify(id));
			const answered = linesOf(conversation, "server")
				.filter(({ method, id }) => method === undefined && id !== 0)
				.map(({ id }) => JSON.stringify(id));
			// The last ones may still be under way when the session ends.
			assert.ok(asked.length - answered.length <= 2);
			for (const id of answered) assert.ok(asked.includes(id));
		});
	});
}

describe("the Bitcoin script", () => {
	it("subscribes, authorises and gets a job of nine parts", () => {
		const conversation = run(bitcoinStratum);
		assert.deepEqual(
			linesOf(conversation, "client")
				.slice(0, 2)
				.map(({ method }) => method),
			["mining.subscribe", "mining.authorize"],
		);
		const job = linesOf(conversation, "server").find(({ method }) => method === "mining.notify");
		assert.equal(job?.params.length, 9);
		assert.equal(job?.params[1].length, 64);
	});

	it("negotiates version rolling where the firmware does, and hands in the rolled bits", () => {
		const lines = linesOf(run(bitcoinStratum, { software: "bmminer" }), "client");
		assert.equal(lines[0]?.method, "mining.configure");
		assert.equal(lines.find(({ method }) => method === "mining.submit")?.params.length, 6);
	});

	for (const software of bitcoinMiners) {
		it(`speaks as ${software} does and names it`, () => {
			const subscription = linesOf(run(bitcoinStratum, { software }), "client").find(
				({ method }) => method === "mining.subscribe",
			);
			assert.match(subscription?.params[0], /^[\w-]+\/[vV]?\d/);
		});
	}

	it("authorises every worker behind a proxy", () => {
		const lines = linesOf(run(bitcoinStratum, { workers: 5 }), "client");
		assert.equal(lines.filter(({ method }) => method === "mining.authorize").length, 5);
	});
});

describe("the eth-proxy script", () => {
	it("writes messages as long as those of ethminer in the CJ-Sniffer captures", () => {
		const { messages } = ethProxy(new Random(2), { ...ordinaryMining, worker: "1080" });
		const lengths = new Set(messages.map(({ length }) => length));
		assert.ok(lengths.has(222), "a share with the worker's name");
		assert.ok(lengths.has(243), "work of three parts");
		assert.ok(lengths.has(39) && lengths.has(40), "what is true for the log-in and for a share");
	});
});

describe("the Monero script", () => {
	for (const pool of moneroPools) {
		it(`gets jobs from a pool of the kind ${pool} with blobs, targets and ids of the lengths seen in the wild`, () => {
			const conversation = moneroLogin(new Random(3), ordinaryMining, pool);
			const login = linesOf(conversation, "client")[0];
			assert.equal(login?.method, "login");
			assert.equal(login?.params.login, `${voidWallets.monero}.rig1`);
			const welcome = linesOf(conversation, "server")[0];
			assert.equal(welcome?.result.status, "OK");
			for (const job of [
				welcome?.result.job,
				...linesOf(conversation, "server").flatMap(({ method, params }) => (method === "job" ? [params] : [])),
			]) {
				assert.equal(job.blob.length, 152);
				assert.equal(job.target.length, 8);
			}
			const share = linesOf(conversation, "client").find(({ method }) => method === "submit");
			assert.equal(share?.params.nonce.length, 8);
			assert.equal(share?.params.result.length, 64);
		});
	}

	for (const software of moneroMiners) {
		it(`speaks as ${software} does: login first, then shares`, () => {
			const [login, ...others] = linesOf(run(moneroLogin, { software }), "client");
			assert.equal(login?.method, "login");
			assert.ok(others.some(({ method }) => method === "submit"));
		});
	}

	it("writes messages as long as those of XMRig at its pool in the CJ-Sniffer captures", () => {
		const { messages } = moneroLogin(new Random(1), { ...ordinaryMining, duration: 3000, staleShare: 0 }, "farm");
		const lengths = (pattern: RegExp) =>
			new Set(messages.filter(({ bytes }) => pattern.test(text.decode(bytes))).map(({ length }) => length));
		assert.deepEqual(lengths(/"method":"job"/), new Set([378]));
		// By the digits of the request's number and of the session's.
		for (const length of lengths(/"method":"submit"/)) assert.ok(length >= 182 && length <= 187, `share of ${length}`);
		for (const length of lengths(/"result":{"status":"OK"}/))
			assert.ok(length >= 63 && length <= 66, `reply of ${length}`);
	});

	it("keeps the connection alive only after silence", () => {
		const quiet = linesOf(run(moneroLogin, { shareInterval: Number.POSITIVE_INFINITY }), "client");
		assert.equal(quiet.filter(({ method }) => method === "keepalived").length, 9);
		const busy = linesOf(run(moneroLogin, { shareInterval: 2 }), "client");
		assert.equal(busy.filter(({ method }) => method === "keepalived").length, 0);
	});
});

describe("miners that do not show themselves", () => {
	const recognised = (conversation: Conversation) =>
		conversation.messages.flatMap(({ bytes, length, from }) => {
			const found = recogniseMining(bytes!, 0, length);
			return found ? [{ ...found, from }] : [];
		});

	it("say nothing at all inside Stratum V2's Noise, whose handshake is 64 and 234 bytes", () => {
		const conversation = run(stratumV2);
		assert.deepEqual(recognised(conversation), []);
		assert.deepEqual(
			conversation.messages.slice(0, 2).map(({ length }) => length),
			[64, 234],
		);
	});

	it("open a Stratum V2 connection in the clear between proxies, frames as long as their headers say", () => {
		for (const channel of ["standard", "extended"] as const) {
			const conversation = stratumV2(new Random(1), ordinaryMining, { encrypted: false, channel });
			assert.equal(recognised(conversation)[0]?.protocol, "stratum-v2");
			for (const { bytes, length } of conversation.messages) {
				let at = 0;
				while (at < length) at += 6 + (bytes![at + 3]! | (bytes![at + 4]! << 8) | (bytes![at + 5]! << 16));
				assert.equal(at, length);
			}
		}
	});

	it("speak as a page's miner once the WebSocket is open", () => {
		const found = recognised(run(webMiner));
		assert.ok(found.length > 10);
		for (const { protocol, sender, from } of found) {
			assert.equal(protocol, "web-miner");
			assert.equal(sender, from === "client" ? "miner" : "pool");
		}
	});

	it("ask a node for its height each second and for a template at each new block", () => {
		const asked = run(moneroDaemon)
			.messages.filter(({ from }) => from === "client")
			.map(({ bytes }) => text.decode(bytes));
		assert.ok(asked.filter((each) => each.startsWith("GET /getheight ")).length > 500);
		const templates = asked.filter((each) => each.includes('"getblocktemplate"')).length;
		assert.ok(templates >= 2 && templates < 20);
	});
});

describe("void wallets", () => {
	it("have the lengths and alphabets of their coins", () => {
		const base58 = "[1-9A-HJ-NP-Za-km-z]";
		assert.match(voidWallets.bitcoin, new RegExp(`^1${base58}{33}$`));
		assert.match(voidWallets.monero, new RegExp(`^4${base58}{94}$`));
		assert.match(voidWallets.ravencoin, new RegExp(`^R${base58}{33}$`));
		assert.match(voidWallets.zcash, new RegExp(`^t1${base58}{33}$`));
		assert.match(voidWallets.ethereum, /^0x[0-9a-f]{40}$/);
		assert.match(voidWallets.kaspa, /^kaspa:[02-9ac-hj-np-z]{61}$/);
	});

	it("have wrong checksums where the coin has Base58Check", () => {
		const digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
		const hash = (bytes: Buffer) => createHash("sha256").update(bytes).digest();
		const isValid = (address: string) => {
			const value = [...address].reduce((sum, digit) => sum * 58n + BigInt(digits.indexOf(digit)), 0n);
			const zeros = "00".repeat(address.length - address.replace(/^1+/, "").length);
			const digitsOf = value.toString(16);
			const bytes = Buffer.from(zeros + digitsOf.padStart(digitsOf.length + (digitsOf.length % 2), "0"), "hex");
			return hash(hash(bytes.subarray(0, -4)))
				.subarray(0, 4)
				.equals(bytes.subarray(-4));
		};
		// The first block's, to see that the test can tell.
		assert.ok(isValid("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"));
		for (const coin of ["bitcoin", "ravencoin", "zcash"] as const) assert.ok(!isValid(voidWallets[coin]));
	});
});
