import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { jobWaits, type MiningParameters, repeat, shareWaits } from "./mining-parameters.ts";
import { conversationOf, type Process, Script } from "./script.ts";
import { maskOf, TEXT, webSocketFrame, webSocketUpgrade } from "./websocket.ts";

/**
 * A miner in a web page, like CoinHive and its derivatives: JSON over WebSocket, with a site key instead of a wallet.
 */
export function webMiner(random: Random, parameters: MiningParameters): Conversation {
	const script = new Script(parameters.latency);
	const { request, answer } = webSocketUpgrade(random, parameters.poolName, "/proxy", "https://videos.example");
	const toPool = (type: string, params: object) =>
		webSocketFrame(TEXT, JSON.stringify({ type, params }), maskOf(random));
	const toPage = (type: string, params: object) => webSocketFrame(TEXT, JSON.stringify({ type, params }));
	const key = parameters.wallet ?? `Void${"SiteKeyOfLab".repeat(3)}`.slice(0, 32);
	let job = "";
	let hashes = 0;
	const newJob = () => {
		job = random.hex(28);
		const blob = `0707${random.hex(8)}05${random.hex(64)}00000000${random.hex(64)}${random.hex(2)}`;
		return toPage("job", { job_id: job, blob, target: "ffffff00" });
	};
	const page = function* (): Process {
		yield* script.call(request, () => answer, 0.005);
		const auth = { site_key: key, type: "anonymous", user: null, goal: 0 };
		yield* script.call(toPool("auth", auth), () => toPage("authed", { token: "", hashes }));
		script.server(newJob());
		script.start(repeat(jobWaits(random, parameters), () => script.server(newJob())));
		script.start(
			repeat(shareWaits(random, parameters), () => {
				const share = { version: 7, job_id: job, nonce: random.hex(8), result: random.hex(64) };
				script.start(
					script.call(toPool("submit", share), () => {
						hashes += 256;
						return toPage("hash_accepted", { hashes });
					}),
				);
			}),
		);
	};
	script.start(page());
	return conversationOf(script, parameters.duration, {
		label: "Miner",
		kind: "monero/web-miner",
		serverPort: parameters.serverPort,
		...(parameters.tls && { tls: parameters.tls }),
	});
}
