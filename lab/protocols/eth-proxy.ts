import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { line } from "./json-line.ts";
import { jobWaits, type MiningParameters, repeat, shareWaits, workerNames } from "./mining-parameters.ts";
import { conversationOf, type Process, Script } from "./script.ts";
import { voidWallets } from "./void-wallets.ts";

/** Ethash as ethminer speaks it to a pool in eth-proxy mode: the node's `eth_getWork` over TCP, and pushed work. */
export function ethProxy(random: Random, parameters: MiningParameters): Conversation {
	const script = new Script(parameters.latency);
	script.start(session(script, random, parameters));
	return conversationOf(script, parameters.duration, {
		label: "Miner",
		kind: "ethereum/eth-proxy",
		serverPort: parameters.serverPort,
		...(parameters.tls && { tls: parameters.tls }),
	});
}

function* session(script: Script, random: Random, parameters: MiningParameters): Process {
	const seed = `0x${random.hex(64)}`;
	const boundary = `0x00000000${random.pick(["7", "3", "1"])}${"f".repeat(55)}`;
	const rigId = `0x${random.hex(64)}`;
	const workers = workerNames(parameters);
	// Some pools add the block number as a fourth element.
	const block = random.chance(0.4) ? random.integer(17_000_000, 19_000_000) : undefined;
	let header = "";
	const work = () => {
		header = `0x${random.hex(64)}`;
		return [header, seed, boundary, ...(block === undefined ? [] : [`0x${block.toString(16)}`])];
	};
	// ethminer uses a fixed id for each kind of request; shares count from 40.
	const withWorker = (worker: string) => (random.chance(0.8) ? { worker } : {});
	const named = withWorker(parameters.worker);
	const login = [parameters.wallet ?? voidWallets.ethereum, "x"];
	yield* script.call(line({ id: 1, method: "eth_submitLogin", params: login, ...named }), () =>
		line({ jsonrpc: "2.0", id: 1, result: true }),
	);
	yield* script.call(line({ id: 5, method: "eth_getWork", params: [] }), () =>
		line({ jsonrpc: "2.0", id: 5, result: work() }),
	);

	script.start(
		repeat(jobWaits(random, parameters), () => script.server(line({ jsonrpc: "2.0", id: 0, result: work() }))),
	);
	script.start(
		repeat(shareWaits(random, parameters), () => {
			const id = 40 + random.integer(0, 3);
			const accepted = !random.chance(parameters.staleShare);
			const worker = parameters.workers > 1 ? { worker: random.pick(workers) } : named;
			const share = [`0x${random.hex(16)}`, header, `0x${random.hex(64)}`];
			script.start(
				script.call(line({ id, method: "eth_submitWork", params: share, ...worker }), () =>
					line({ jsonrpc: "2.0", id, result: accepted }),
				),
			);
		}),
	);
	if (!Number.isFinite(parameters.keepAlive)) return;
	const rate = random.integer(20_000_000, 400_000_000);
	for (;;) {
		yield parameters.keepAlive;
		const now = Math.floor(rate * random.uniform(0.97, 1.03));
		const report = [`0x${now.toString(16).padStart(64, "0")}`, rigId];
		yield* script.call(line({ id: 9, jsonrpc: "2.0", method: "eth_submitHashrate", params: report, ...named }), () =>
			line({ jsonrpc: "2.0", id: 9, result: true }),
		);
	}
}
