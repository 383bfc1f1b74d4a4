import { Readable } from "node:stream";
import { byteSourceOf } from "../src/bytes/byte-source.ts";
import { pcapFile } from "../src/capture/pcap-writer.ts";
import type { FlowColumns } from "../src/flow/flow-columns.ts";
import { meterCapture } from "../src/meter/meter-capture.ts";
import { certificateChain } from "./certificate.ts";
import type { Conversation } from "./conversation.ts";
import { hiddenMiningScripts, miningScripts } from "./protocols/mining.ts";
import { type MiningParameters, ordinaryMining } from "./protocols/mining-parameters.ts";
import { ordinaryScripts } from "./protocols/ordinary.ts";
import type { OrdinaryParameters } from "./protocols/ordinary-parameters.ts";
import { Random } from "./random.ts";
import { capturePackets } from "./wire/capture.ts";
import { ordinaryPath, type Path } from "./wire/path.ts";
import { insideTls } from "./wire/tls-session.ts";

/** A conversation of the byte-level laboratory, and the flows that the metering process makes of its packets. */
export interface MeteredConversation {
	/** Name of the script. */
	readonly script: string;
	readonly isMiner: boolean;
	readonly isEncrypted: boolean;
	readonly flows: readonly FlowColumns[];
}

/** 2025-03-03 09:00:00 UTC, µs. */
const MORNING = 1_740_992_400_000_000;
const ETHERNET = 1;
const SERVER_NAME = "service.example";

/**
 * Conversations of every script with real bytes, `each` in plain text and, if its protocol allows it, as many inside
 * real TLS, over varied paths, through the packet decoder and the meter. It shares nothing with the flow-level
 * laboratory (`lab/shape`) that trains the default model. The same seed yields the same times and lengths.
 */
export async function* meteredConversations(each: number, seed: number): AsyncGenerator<MeteredConversation> {
	const everything = new Random(seed);
	const scripts = [
		...Object.entries({ ...miningScripts, ...hiddenMiningScripts }).map(([script, run]) => ({
			script,
			isMiner: true,
			hold: (random: Random, tls: Tls) => run(random, { ...drawMining(random), ...tls }),
		})),
		...Object.entries(ordinaryScripts).map(([script, run]) => ({
			script,
			isMiner: false,
			hold: (random: Random, tls: Tls) => run(random, { ...drawOrdinary(random), ...tls }),
		})),
	];
	for (const [s, { script, isMiner, hold }] of scripts.entries()) {
		for (let k = 0; k < 2 * each; k++) {
			const random = everything.fork(1000 * s + k);
			const isEncrypted = k % 2 === 1;
			const plain = hold(random, isEncrypted ? { tls: { version: drawVersion(random) } } : {});
			if (isEncrypted && (plain.transport === "udp" || plain.tls === undefined)) continue;
			const flows = await metered(plain.tls ? await sealed(plain) : plain, random);
			yield { script, isMiner, isEncrypted, flows };
		}
	}
}

type Tls = Pick<MiningParameters, "tls">;

const drawVersion = (random: Random) => (random.chance(0.7) ? "TLSv1.3" : "TLSv1.2");

function drawMining(random: Random): MiningParameters {
	return {
		...ordinaryMining,
		duration: logUniform(random, 60, 900),
		jobInterval: logUniform(random, 2, 60),
		jobRhythm: random.pick(["blocks", "steady", "both", "grid"]),
		shareInterval: random.chance(0.08) ? Number.POSITIVE_INFINITY : logUniform(random, 3, 120),
		variableDifficulty: random.chance(0.4),
		latency: logUniform(random, 0.002, 0.15),
		keepAlive: random.pick([30, 60, Number.POSITIVE_INFINITY]),
		workers: random.chance(0.15) ? random.integer(2, 8) : 1,
		staleShare: random.pick([0, 0.01, 0.05]),
		poolName: SERVER_NAME,
	};
}

function drawOrdinary(random: Random): OrdinaryParameters {
	return {
		duration: logUniform(random, 60, 900),
		latency: logUniform(random, 0.002, 0.15),
		serverName: SERVER_NAME,
	};
}

function drawPath(random: Random): Path {
	return {
		...ordinaryPath,
		jitter: random.pick([0.0003, 0.001, 0.005]),
		loss: random.pick([0, 0, 0.002, 0.01]),
		observedAt: random.next(),
		segmentSize: random.pick([1460, 1440, 1400, 1380]),
		timestamps: random.chance(0.7),
		delayedAck: random.pick([0.02, 0.04, 0.1]),
	};
}

function logUniform(random: Random, low: number, high: number): number {
	return low * (high / low) ** random.next();
}

function sealed(conversation: Conversation): Promise<Conversation> {
	return insideTls(conversation, { certificate: certificateChain(SERVER_NAME) });
}

async function metered(conversation: Conversation, random: Random): Promise<FlowColumns[]> {
	const client = { address: "10.20.0.11", port: random.integer(32_768, 60_999), hopLimit: 64 };
	const server = { address: "203.0.113.10", port: conversation.serverPort, hopLimit: 54 };
	const placed = { conversation, client, server, start: MORNING, path: drawPath(random) };
	const frames = capturePackets([placed], random).map(({ time, bytes }) => ({ time: Math.floor(time), bytes }));
	const flows: FlowColumns[] = [];
	const capture = byteSourceOf(conversation.kind, Readable.from([pcapFile(ETHERNET, frames)]));
	for await (const batch of meterCapture(capture)) flows.push(structuredClone(batch));
	return flows;
}
