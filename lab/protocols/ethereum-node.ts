import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { httpMessage } from "./http.ts";
import type { OrdinaryParameters } from "./ordinary-parameters.ts";
import { conversationOf, type Process, Script } from "./script.ts";

/**
 * A wallet connected to an Ethereum node: JSON-RPC over HTTP with `eth_` methods, polled once per block. Not mining.
 */
export function ethereumNode(random: Random, parameters: OrdinaryParameters): Conversation {
	const script = new Script(parameters.latency);
	const address = `0x${random.hex(40)}`;
	let id = 0;
	let block = random.integer(19_000_000, 20_000_000);
	const ask = (method: string, params: readonly unknown[], result: () => unknown): Process => {
		const own = ++id;
		const head = [
			["Host", `${parameters.serverName}:${parameters.serverPort ?? 8545}`],
			["Content-Type", "application/json"],
		] as const;
		return script.call(
			httpMessage("POST / HTTP/1.1", head, JSON.stringify({ jsonrpc: "2.0", id: own, method, params })),
			() =>
				httpMessage(
					"HTTP/1.1 200 OK",
					[["Content-Type", "application/json"]],
					JSON.stringify({ jsonrpc: "2.0", id: own, result: result() }),
				),
			random.logNormal(0.01, 0.7),
		);
	};
	const quantity = (value: number) => `0x${value.toString(16)}`;
	const wallet = function* (): Process {
		yield* ask("eth_chainId", [], () => "0x1");
		for (;;) {
			yield* ask("eth_blockNumber", [], () => quantity(block));
			if (random.chance(0.33)) {
				block++;
				yield* ask("eth_getBalance", [address, "latest"], () => quantity(random.integer(1, 2 ** 50)));
				yield* ask(
					"eth_call",
					[{ to: address, data: `0x70a08231${random.hex(64)}` }, "latest"],
					() => `0x${random.hex(64)}`,
				);
			}
			yield 4;
		}
	};
	script.start(wallet());
	return conversationOf(script, parameters.duration, {
		label: "Other",
		kind: "ethereum node json-rpc",
		serverPort: parameters.serverPort ?? 8545,
	});
}
