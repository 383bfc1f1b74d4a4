import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { line } from "./json-line.ts";
import { jobWaits, type MiningParameters, repeat, shareWaits } from "./mining-parameters.ts";
import { conversationOf, type Process, Script } from "./script.ts";
import { voidWallets } from "./void-wallets.ts";

/** The dialect of a kind of pool: fields and their order (from published sources and captures of pools). */
interface PoolStyle {
	readonly sessionId: (random: Random) => string;
	readonly jobId: (random: Random) => string;
	/** Fields of a job besides `blob`, `job_id`, `target`. */
	readonly extra: (pool: Chain) => Readonly<Record<string, unknown>>;
	/** The session's id in each job, as in older pools. */
	readonly idInJob: boolean;
	readonly errorFirst: boolean;
	readonly extensions?: readonly string[];
}

/** The chain state that all pools share at one time. */
interface Chain {
	height: number;
	readonly seedHash: string;
	/** Sent for about two hours before the seed changes, every 2,048 blocks; otherwise empty. */
	readonly nextSeedHash: string;
	previous: string;
	version: string;
}

const uuid = (random: Random) => [8, 4, 4, 4, 12].map((length) => random.hex(length)).join("-");
const modern = (chain: Chain) => ({ height: chain.height, seed_hash: chain.seedHash, algo: "rx/0" });

const poolStyles: Readonly<Record<string, PoolStyle>> = {
	farm: {
		sessionId: (random) => String(random.integer(100, 32000)),
		jobId: (random) => `J${random.hex(9).toUpperCase()}`,
		extra: (chain) => ({ ...modern(chain), next_seed_hash: chain.nextSeedHash }),
		idInJob: false,
		errorFirst: false,
	},
	node: { sessionId: uuid, jobId: (random) => random.hex(28), extra: modern, idInJob: true, errorFirst: true },
	proxy: {
		sessionId: uuid,
		jobId: (random) => random.hex(14),
		extra: modern,
		idInJob: false,
		errorFirst: true,
		extensions: ["algo", "nicehash", "connect", "tls", "keepalive"],
	},
	old: { sessionId: uuid, jobId: (random) => random.hex(28), extra: () => ({}), idInJob: true, errorFirst: true },
};

interface Miner {
	readonly agent?: string;
	readonly algorithms?: readonly string[];
	readonly jsonrpc: boolean;
	readonly rigId: boolean;
}

const algorithms =
	"rx/0 rx/wow rx/arq rx/graft rx/sfx rx/keva cn/1 cn/2 cn/r cn/fast cn/half cn/xao cn/rto cn/rwz cn/zls cn/double cn/ccx cn-lite/1 cn-heavy/0 cn-heavy/tube cn-heavy/xhv cn-pico cn-pico/tlo cn/upx2 argon2/chukwa argon2/chukwav2 argon2/ninja ghostrider".split(
		" ",
	);
const miners: Readonly<Record<string, Miner>> = {
	xmrig: {
		agent: "XMRig/6.21.0 (Linux x86_64) libuv/1.44.2 gcc/9.3.0",
		algorithms,
		jsonrpc: true,
		rigId: false,
	},
	"xmrig-windows": {
		agent: "XMRig/6.18.1 (Windows NT 10.0; Win64; x64) libuv/1.44.1 msvc/2019",
		algorithms,
		jsonrpc: true,
		rigId: true,
	},
	"xmr-stak": { agent: "xmr-stak/2.10.8/c5f0505d/master/lin/nvidia-amd-cpu/20", jsonrpc: false, rigId: true },
	cpuminer: { agent: "cpuminer-multi/1.3.7", jsonrpc: false, rigId: false },
	bare: { jsonrpc: false, rigId: false },
};

/** Names of the software and of the pools that {@link moneroLogin} can imitate. */
export const moneroMiners: readonly string[] = Object.keys(miners);
export const moneroPools: readonly string[] = Object.keys(poolStyles);

/**
 * Monero as XMRig and similar miners speak it: `login` answered by the first job, then `job` by the pool, `submit` by
 * the miner.
 */
export function moneroLogin(
	random: Random,
	parameters: MiningParameters,
	pool: string = random.pick(moneroPools),
): Conversation {
	const script = new Script(parameters.latency);
	const software = parameters.software ?? "xmrig";
	const style = poolStyles[pool] ?? poolStyles.node!;
	script.start(session(script, random, parameters, miners[software] ?? miners.xmrig!, style));
	return conversationOf(script, parameters.duration, {
		label: "Miner",
		kind: `monero/login ${software}`,
		serverPort: parameters.serverPort,
		...(parameters.tls && { tls: parameters.tls }),
	});
}

function* session(
	script: Script,
	random: Random,
	parameters: MiningParameters,
	miner: Miner,
	style: PoolStyle,
): Process {
	const chain: Chain = {
		height: random.integer(2_900_000, 3_200_000),
		seedHash: random.hex(64),
		nextSeedHash: random.chance(64 / 2048) ? random.hex(64) : "",
		previous: random.hex(64),
		version: "1010",
	};
	const session = style.sessionId(random);
	let target = "ffff0100";
	let job = "";
	let id = 1;
	let lastWrite = 0;
	const rpc = miner.jsonrpc ? { jsonrpc: "2.0" } : {};
	const request = (method: string, params: unknown) => {
		lastWrite = script.now;
		return line({ id: id++, ...rpc, method, params });
	};
	const answer = (to: number, result: unknown) =>
		line(
			style.errorFirst
				? { jsonrpc: "2.0", id: to, error: null, result }
				: { id: to, jsonrpc: "2.0", result, error: null },
		);
	const nextJob = () => {
		job = style.jobId(random);
		return {
			blob: hashingBlob(random, chain),
			job_id: job,
			target,
			...(style.idInJob && { id: session }),
			...style.extra(chain),
		};
	};

	const wallet = parameters.wallet ?? voidWallets.monero;
	const login = {
		login: miner.rigId ? wallet : `${wallet}.${parameters.worker}`,
		pass: "x",
		...(miner.agent !== undefined && { agent: miner.agent }),
		...(miner.rigId && { rigid: parameters.worker }),
		...(miner.algorithms && { algo: miner.algorithms }),
	};
	yield* script.call(request("login", login), () =>
		answer(1, {
			id: session,
			job: nextJob(),
			...(style.extensions && { extensions: style.extensions }),
			status: "OK",
		}),
	);

	script.start(
		repeat(jobWaits(random, parameters), () => {
			if (random.chance(0.3)) {
				chain.height++;
				chain.previous = random.hex(64);
			}
			if (parameters.variableDifficulty && random.chance(0.2))
				target = random.pick(["ffff0300", "f3220000", "b88d0600"]);
			script.server(line({ jsonrpc: "2.0", method: "job", params: nextJob() }));
		}),
	);
	script.start(
		repeat(shareWaits(random, parameters), () => {
			const to = id;
			const stale = random.chance(parameters.staleShare);
			const share = { id: session, job_id: job, nonce: random.hex(8), result: `${random.hex(60)}0000` };
			script.start(
				script.call(request("submit", share), () =>
					stale
						? line({ id: to, jsonrpc: "2.0", error: { code: -1, message: "Block expired" } })
						: answer(to, { status: "OK" }),
				),
			);
		}),
	);
	if (!Number.isFinite(parameters.keepAlive)) return;
	for (;;) {
		const idle = script.now - lastWrite;
		if (idle < parameters.keepAlive) {
			yield parameters.keepAlive - idle + 0.001;
			continue;
		}
		const to = id;
		yield* script.call(request("keepalived", { id: session }), () => answer(to, { status: "KEEPALIVED" }));
	}
}

/** A block hashing blob: major and minor version, time as a varint, previous block, 4 bytes of nonce, tree root, count. */
function hashingBlob(random: Random, chain: Chain): string {
	return `${chain.version}${random.hex(8)}06${chain.previous}00000000${random.hex(64)}${random.hex(2)}`;
}
