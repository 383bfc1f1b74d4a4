import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { httpMessage } from "./http.ts";
import type { MiningParameters } from "./mining-parameters.ts";
import { conversationOf, type Process, Script } from "./script.ts";
import { voidWallets } from "./void-wallets.ts";

/**
 * XMRig mining at its own node: the height is requested every second, a block template for every new block. No shares.
 */
export function moneroDaemon(random: Random, parameters: MiningParameters): Conversation {
	const script = new Script(parameters.latency);
	const host = ["Host", `${parameters.poolName}:${parameters.serverPort}`] as const;
	const head = [host, ["User-Agent", "XMRig/6.21.0"], ["Connection", "keep-alive"]] as const;
	let height = random.integer(2_900_000, 3_200_000);
	let previous = random.hex(64);
	const json = (body: object) =>
		httpMessage("HTTP/1.1 200 OK", [["Content-Type", "application/json"]], JSON.stringify(body));
	const template = () => {
		const blob = `1010${random.hex(8)}06${previous}00000000${random.hex(64)}`;
		return {
			blockhashing_blob: `${blob}${random.hex(2)}`,
			blocktemplate_blob: `${blob}${random.hex(2 * random.integer(300, 1500))}`,
			difficulty: 312_004_998_117,
			height,
			prev_hash: previous,
			reserved_offset: 130,
			seed_hash: random.hex(64),
			status: "OK",
		};
	};
	const miner = function* (): Process {
		for (let id = 1, known = 0; ; ) {
			yield* script.call(httpMessage("GET /getheight HTTP/1.1", head), () =>
				json({ hash: previous, height, status: "OK" }),
			);
			if (known !== height) {
				known = height;
				const params = { wallet_address: parameters.wallet ?? voidWallets.monero, extra_nonce: random.hex(16) };
				const ask = JSON.stringify({ id, jsonrpc: "2.0", method: "getblocktemplate", params });
				const own = id++;
				yield* script.call(
					httpMessage("POST /json_rpc HTTP/1.1", [...head, ["Content-Type", "application/json"]], ask),
					() => json({ id: own, jsonrpc: "2.0", result: template() }),
					0.01,
				);
			}
			yield 1;
		}
	};
	const chain = function* (): Process {
		for (;;) {
			yield random.exponential(120);
			height++;
			previous = random.hex(64);
		}
	};
	script.start(miner());
	script.start(chain());
	return conversationOf(script, parameters.duration, {
		label: "Miner",
		kind: "monero/daemon",
		serverPort: parameters.serverPort,
		...(parameters.tls && { tls: parameters.tls }),
	});
}
