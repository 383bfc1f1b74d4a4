import { FlowColumnsBuilder } from "../../src/flow/columns-builder.ts";
import type { FlowColumns } from "../../src/flow/flow-columns.ts";
import { miningScripts } from "../protocols/mining.ts";
import { type MiningParameters, ordinaryMining } from "../protocols/mining-parameters.ts";
import { Random } from "../random.ts";
import { type Disguise, junkEvery, paddedByUpTo, paddedTo, splitAt, withJunk } from "./disguise.ts";
import { appendFlow, cutFlows } from "./flow-cutter.ts";
import { drawPath, logUniform } from "./path.ts";
import { sealConversation } from "./tls-framing.ts";
import { packetsOf, type SeenPacket } from "./transport.ts";

/** A way to look different, or to be seen badly. */
export interface Evasion {
	readonly name: string;
	readonly disguise?: (random: Random) => Disguise;
	readonly parameters?: (random: Random) => Partial<MiningParameters>;
	/** What the exporter sees of the packets. */
	readonly seen?: (packets: readonly SeenPacket[], random: Random) => readonly SeenPacket[];
	/** Seconds after which the miner connects anew. */
	readonly reconnects?: number;
	/** Not inside TLS. */
	readonly isPlain?: boolean;
}

const oneIn = (every: number) => (packets: readonly SeenPacket[], random: Random) =>
	packets.filter(() => random.chance(1 / every));

/** The disguises that a record of a real flow can be given, too. */
export const DISGUISES: readonly (Evasion & { readonly disguise: (random: Random) => Disguise })[] = [
	{ name: "TLS", disguise: () => ({}) },
	...[256, 512, 1024].map((multiple) => ({
		name: `padded to ${multiple} bytes`,
		disguise: () => ({ padding: paddedTo(multiple) }),
	})),
	...[32, 256].map((most) => ({
		name: `padded by 0 to ${most} bytes`,
		disguise: (random: Random) => ({ padding: paddedByUpTo(random, most) }),
	})),
	{ name: "records of 20 to 80 bytes", disguise: (random) => ({ recordSize: splitAt(random, 20, 80) }) },
	...[5, 20].map((seconds) => ({
		name: `junk every ${seconds} s`,
		disguise: (random: Random) => ({ junk: junkEvery(random, seconds) }),
	})),
];

export const EVASIONS: readonly Evasion[] = [
	{ name: "plaintext", isPlain: true },
	...DISGUISES,
	{ name: "anew every 30 s", reconnects: 30 },
	...[3, 10, 50].map((workers) => ({ name: `proxy of ${workers} workers`, parameters: () => ({ workers }) })),
	{ name: "a share in 5 minutes", parameters: () => ({ shareInterval: 300, variableDifficulty: false }) },
	{ name: "seen from the middle on", seen: (packets) => packets.filter(({ at }) => at > 47) },
	...[2, 5, 10].map((every) => ({ name: `sampled 1:${every}`, seen: oneIn(every) })),
];

/** Flow records of one miner's connection, or of one after the other where it connects anew. */
export interface Trial {
	readonly script: string;
	readonly flows: FlowColumns;
}

/**
 * Miners of the byte-level scripts (`lab/protocols`), of which the default model has learnt nothing, with this evasion, seen
 * for `seconds` by an exporter that cuts at 300 s and 65 s.
 */
export function* evasionTrials(evasion: Evasion, each: number, seconds: number, seed: number): Generator<Trial> {
	const everything = new Random(seed);
	for (const [s, [script, run]] of Object.entries(miningScripts).entries()) {
		// Work that is fetched has another rhythm, which shape hardly finds: docs/default-model.md.
		if (FETCHED.has(script)) continue;
		for (let k = 0; k < each; k++) {
			const random = everything.fork(1000 * s + k);
			const builder = new FlowColumnsBuilder();
			const session = evasion.reconnects ?? seconds;
			for (let begin = 0; begin < seconds; begin += session) {
				const duration = Math.min(session, seconds - begin);
				const parameters = { ...drawMining(random), ...evasion.parameters?.(random), duration };
				const path = { ...drawPath(random), roundTrip: 2 * parameters.latency };
				const disguise = evasion.disguise?.(random) ?? {};
				const written = run(random, parameters).messages.filter(({ at }) => at < duration);
				const messages = withJunk(written, disguise, path.roundTrip);
				const sealed = evasion.isPlain ? messages : sealConversation(messages, random, path, disguise);
				const packets = packetsOf(sealed, path, random);
				const seen = evasion.seen?.(packets, random) ?? packets;
				for (const flow of cutFlows(seen, { active: 300, inactive: 65 })) appendFlow(builder, flow, path.headers);
			}
			yield { script, flows: builder.columns() };
		}
	}
}

const FETCHED: ReadonlySet<string> = new Set(["getwork", "getBlockTemplate"]);

function drawMining(random: Random): MiningParameters {
	return {
		...ordinaryMining,
		jobInterval: logUniform(random, 5, 60),
		jobRhythm: random.pick(["blocks", "steady", "both", "grid"]),
		shareInterval: logUniform(random, 5, 60),
		variableDifficulty: random.chance(0.4),
		latency: logUniform(random, 0.002, 0.15),
		keepAlive: random.pick([30, 60, Number.POSITIVE_INFINITY]),
		staleShare: random.pick([0, 0.01, 0.05]),
	};
}
