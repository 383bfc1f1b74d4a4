import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { httpMessage } from "./http.ts";
import { spacedLine } from "./json-line.ts";
import { type MiningParameters, repeat, shareWaits } from "./mining-parameters.ts";
import { conversationOf, type Process, Script } from "./script.ts";

/** Bitcoin's first mining protocol: `getwork` polled over HTTP, shares submitted with the same method. */
export function getwork(random: Random, parameters: MiningParameters): Conversation {
	return overHttp(random, parameters, "getwork", {
		ask: () => ({ method: "getwork", params: [], id: 0 }),
		work: (): unknown => ({
			midstate: random.hex(64),
			data: random.hex(256),
			hash1: `${"0".repeat(64)}80${"0".repeat(54)}00010000`,
			target: `${"f".repeat(56)}00000000`,
		}),
		hand: () => ({ method: "getwork", params: [random.hex(256)], id: 1 }),
	});
}

/** `getblocktemplate` (BIP 22, 23) over HTTP: the work contains the transactions of a whole block. */
export function getBlockTemplate(random: Random, parameters: MiningParameters): Conversation {
	const capabilities = ["coinbasetxn", "workid", "longpoll", "coinbase/append", "time/increment", "submit/coinbase"];
	return overHttp(random, parameters, "getblocktemplate", {
		ask: () => ({ id: 0, method: "getblocktemplate", params: [{ capabilities, rules: ["segwit"] }] }),
		work: (): unknown => ({
			version: 0x20000000,
			// BIP 22, "Optional: Work identifiers": pools send one, plain nodes do not.
			workid: random.hex(16),
			previousblockhash: `${"0".repeat(18)}${random.hex(46)}`,
			transactions: Array.from({ length: random.integer(1, 12) }, () => transaction(random)),
			coinbasevalue: 312_500_000 + random.integer(0, 9_000_000),
			longpollid: random.hex(70),
			target: `${"0".repeat(18)}${random.hex(46)}`,
			mintime: 1_700_000_000,
			noncerange: "00000000ffffffff",
			bits: "17034219",
			height: 886_432,
		}),
		hand: () => ({ id: 1, method: "submitblock", params: [random.hex(600)] }),
	});
}

function transaction(random: Random): unknown {
	const id = random.hex(64);
	return {
		data: random.hex(2 * random.integer(120, 600)),
		txid: id,
		hash: id,
		depends: [],
		fee: random.integer(200, 9000),
	};
}

interface Work {
	ask(): object;
	work(): unknown;
	hand(): object;
}

function overHttp(random: Random, parameters: MiningParameters, name: string, kind: Work): Conversation {
	const script = new Script(parameters.latency);
	const agent = parameters.software ?? "bfgminer/5.5.0";
	const credentials = Buffer.from(`${parameters.worker}:x`).toString("base64");
	const post = (body: object) =>
		httpMessage(
			"POST / HTTP/1.1",
			[
				["Authorization", `Basic ${credentials}`],
				["Host", `${parameters.poolName}:${parameters.serverPort}`],
				["User-Agent", agent],
				["Accept", "*/*"],
				["Content-Type", "application/json"],
				["X-Mining-Extensions", "longpoll midstate rollntime submitold"],
			],
			spacedLine(body),
		);
	const reply = (result: unknown, id: number) =>
		httpMessage(
			"HTTP/1.1 200 OK",
			[
				["Content-Type", "application/json"],
				["X-Long-Polling", "/LP"],
				["Connection", "keep-alive"],
			],
			spacedLine({ result, error: null, id }),
		);
	const miner = function* (): Process {
		yield* script.call(post(kind.ask()), () => reply(kind.work(), 0), 0.005);
		// HTTP/1.1 without pipelining: the next request waits for the answer, so one process sends shares and polls.
		let due = false;
		script.start(
			repeat(shareWaits(random, parameters), () => {
				due = true;
			}),
		);
		const poll = Math.min(parameters.jobInterval, 60);
		for (let waited = 0; ; waited += 0.5) {
			yield 0.5;
			if (due) {
				due = false;
				yield* script.call(post(kind.hand()), () => reply(!random.chance(parameters.staleShare), 1));
			} else if (waited >= poll) {
				waited = 0;
				yield* script.call(post(kind.ask()), () => reply(kind.work(), 0), 0.005);
			}
		}
	};
	script.start(miner());
	return conversationOf(script, parameters.duration, {
		label: "Miner",
		kind: `bitcoin/${name}`,
		serverPort: parameters.serverPort,
		...(parameters.tls && { tls: parameters.tls }),
	});
}
