import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { line } from "./json-line.ts";
import { jobWaits, type MiningParameters, repeat, shareWaits, workerNames } from "./mining-parameters.ts";
import { conversationOf, type Process, Script } from "./script.ts";
import { voidWallets } from "./void-wallets.ts";

const agents: Readonly<Record<string, string>> = {
	ethminer: "ethminer/0.19.0",
	nbminer: "NBMiner/42.3",
	lolminer: "lolMiner 1.76",
	nicehash: "NiceHash/1.0.0",
};

/** EthereumStratum/1.0.0 as NiceHash specified it: Stratum's methods, jobs of seed and header, nonces short of the extranonce. */
export function ethereumStratum(random: Random, parameters: MiningParameters): Conversation {
	const script = new Script(parameters.latency);
	const software = parameters.software ?? "ethminer";
	script.start(session(script, random, parameters, agents[software] ?? software));
	return conversationOf(script, parameters.duration, {
		label: "Miner",
		kind: `ethereum/EthereumStratum ${software}`,
		serverPort: parameters.serverPort,
		...(parameters.tls && { tls: parameters.tls }),
	});
}

function* session(script: Script, random: Random, parameters: MiningParameters, agent: string): Process {
	const extranonce = random.hex(random.pick([4, 6]));
	const seed = random.hex(64);
	const workers = workerNames(parameters).map((name) => `${parameters.wallet ?? voidWallets.ethereum}.${name}`);
	let id = 1;
	let job = "";
	const request = (method: string, params: readonly unknown[]) => line({ id: id++, method, params });
	const answer = (to: number, result: unknown) => line({ id: to, result, error: null });
	const notify = (clean: boolean) => {
		job = random.hex(8);
		return line({ id: null, method: "mining.notify", params: [job, seed, random.hex(64), clean] });
	};

	yield* script.call(request("mining.subscribe", [agent, "EthereumStratum/1.0.0"]), () =>
		answer(1, [["mining.notify", random.hex(32), "EthereumStratum/1.0.0"], extranonce]),
	);
	yield* script.call(request("mining.extranonce.subscribe", []), () => answer(2, true));
	for (const [i, worker] of workers.entries()) {
		const to = id;
		yield* script.call(request("mining.authorize", [worker, "x"]), () =>
			i > 0
				? answer(to, true)
				: answer(to, true) + line({ id: null, method: "mining.set_difficulty", params: [0.5] }) + notify(true),
		);
	}
	script.start(repeat(jobWaits(random, parameters), () => script.server(notify(random.chance(0.6)))));
	script.start(
		repeat(shareWaits(random, parameters), () => {
			const to = id;
			const stale = random.chance(parameters.staleShare);
			const share = [random.pick(workers), job, random.hex(16 - extranonce.length)];
			script.start(
				script.call(request("mining.submit", share), () =>
					stale ? line({ id: to, result: false, error: [21, "Job not found", null] }) : answer(to, true),
				),
			);
		}),
	);
}
