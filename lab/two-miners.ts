import { pcapFile } from "../src/capture/pcap-writer.ts";
import { certificateChain } from "./certificate.ts";
import type { Conversation } from "./conversation.ts";
import { ordinaryMining } from "./protocols/mining-parameters.ts";
import { moneroLogin } from "./protocols/xmrig.ts";
import { Random } from "./random.ts";
import { capturePackets, type Placed } from "./wire/capture.ts";
import { ordinaryPath } from "./wire/path.ts";
import { insideTls } from "./wire/tls-session.ts";

const ETHERNET = 1;
const HOUR = 3600;
/** Microseconds since the epoch. */
export const HOUR_BEGINS = 1_772_323_200_000_000;
/** The host whose miner speaks in the clear. */
export const PLAIN_MINER = "10.3.7.30";
/** The host whose miner speaks in padded TLS. */
export const HIDDEN_MINER = "10.3.7.21";

/** Seconds at which Monero's blocks are found within the hour. */
function blockTimes(random: Random): number[] {
	const times: number[] = [];
	for (let at = random.exponential(120); at < HOUR; at += random.exponential(120)) times.push(at);
	return times;
}

/** A pool sends a job for nine of ten blocks, 0.2 … 2.5 s after it. */
function jobTimes(random: Random, blocks: readonly number[]): number[] {
	return blocks.filter(() => !random.chance(0.1)).map((at) => at + random.uniform(0.2, 2.5));
}

/** Every message as a multiple of 256 bytes, with blanks before its line feed. */
function padded(conversation: Conversation): Conversation {
	const messages = conversation.messages.map((message) => {
		const text = Buffer.from(message.bytes!).toString().trimEnd();
		const length = Math.ceil((text.length + 1) / 256) * 256;
		return { ...message, length, bytes: Buffer.from(`${text.padEnd(length - 1)}\n`) };
	});
	return { ...conversation, messages };
}

export interface TwoMiners {
	readonly plain: Placed;
	readonly hidden: Placed;
	/** When blocks were found, in seconds of the hour. */
	readonly blocks: readonly number[];
}

/** One hour of two miners of Monero at different pools; the second is behind a proxy for three workers, in padded TLS. */
export async function twoMiners(): Promise<TwoMiners> {
	const random = new Random(7);
	const blocks = blockTimes(random);
	const plain = moneroLogin(random.fork(1), {
		...ordinaryMining,
		duration: HOUR,
		jobTimes: jobTimes(random, blocks),
	});
	const hidden = moneroLogin(random.fork(2), {
		...ordinaryMining,
		duration: HOUR,
		jobTimes: jobTimes(random, blocks),
		workers: 3,
		shareInterval: 60,
		serverPort: 443,
		tls: { version: "TLSv1.3", serverName: "updates.example" },
	});
	const sealed = await insideTls(padded(hidden), { certificate: certificateChain("updates.example") });
	const [first, second] = [
		{ conversation: plain, client: PLAIN_MINER, server: "198.51.100.4" },
		{ conversation: sealed, client: HIDDEN_MINER, server: "203.0.113.7" },
	].map(({ conversation, client, server }, k) => ({
		conversation,
		client: { address: client, port: 50_000 + k, hopLimit: 64 },
		server: { address: server, port: conversation.serverPort, hopLimit: 54 },
		start: HOUR_BEGINS + k * 1e6,
		path: ordinaryPath,
	}));
	return { plain: first!, hidden: second!, blocks };
}

/** The conversations as an Ethernet capture. */
export function captureOf(conversations: readonly Placed[]): Uint8Array {
	const packets = capturePackets(conversations, new Random(26));
	const frames = packets.map(({ time, bytes }) => ({ time: Math.floor(time), bytes }));
	return pcapFile(ETHERNET, frames);
}
