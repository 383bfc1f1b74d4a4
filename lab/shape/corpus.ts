import { FlowColumnsBuilder } from "../../src/flow/columns-builder.ts";
import type { FlowColumns } from "../../src/flow/flow-columns.ts";
import { Random } from "../random.ts";
import { Dialogue, type Script } from "./dialogue.ts";
import { type Disguise, drawDisguise, MINERS_DISGUISES, OTHERS_DISGUISES, withJunk } from "./disguise.ts";
import { appendFlow, cutFlows, TCP, UDP } from "./flow-cutter.ts";
import { MINERS } from "./miners/protocols.ts";
import { ORDINARY } from "./ordinary/kinds.ts";
import { drawPath, logUniform } from "./path.ts";
import { sealConversation } from "./tls-framing.ts";
import { packetsOf, type SeenPacket } from "./transport.ts";

export interface CorpusOptions {
	readonly label: "Miner" | "Other";
	readonly conversations: number;
	readonly seed: number;
	/** Share of conversations inside TLS. */
	readonly encrypted?: number;
	/** Share of short sessions, of seconds to two minutes. */
	readonly short?: number;
	/** Flows kept of one conversation. */
	readonly most?: number;
}

/** Simulated flows with their labels and kinds. */
export interface Corpus {
	readonly flows: FlowColumns;
	readonly kinds: readonly string[];
	/** Number of the conversation that contains the flow. */
	readonly conversations: readonly number[];
	readonly encrypted: readonly boolean[];
}

/**
 * Flow records of scripted conversations, drawn by weight over all kinds of one label. The same options yield the same
 * flows.
 */
export function simulateCorpus(options: CorpusOptions): Corpus {
	const { label, encrypted = 0.55, short = 0.4, most = 3 } = options;
	const scripts = label === "Miner" ? MINERS : ORDINARY;
	const everything = new Random(options.seed);
	const builder = new FlowColumnsBuilder();
	const kinds: string[] = [];
	const conversations: number[] = [];
	const sealed: boolean[] = [];
	for (let conversation = 0; conversation < options.conversations; conversation++) {
		const random = everything.fork(conversation);
		const { kind, script } = drawKind(scripts, random);
		const isEncrypted = random.chance(encrypted) && kind !== "stratum v2";
		const isShort = random.chance(short);
		const seconds = isShort ? logUniform(random, 5, 120) : logUniform(random, 120, 1800);
		// Miners do not use UDP; tunnels, calls and games have rhythms of their own there.
		const protocol = label === "Other" && random.chance(0.15) ? UDP : TCP;
		const disguise = drawDisguise(random, label === "Miner" ? MINERS_DISGUISES : OTHERS_DISGUISES);
		for (const { packets, headers } of flowsOf(script, seconds, isEncrypted, most, protocol, disguise, random)) {
			appendFlow(builder, packets, headers, isFlipped(packets, random), protocol);
			kinds.push(kind);
			conversations.push(conversation);
			sealed.push(isEncrypted);
		}
	}
	return { flows: builder.columns(), kinds, conversations, encrypted: sealed };
}

/** The packets with data, without flags, as if each segment were a datagram. */
function datagramsOf(segments: readonly SeenPacket[]): SeenPacket[] {
	return segments.filter(({ length }) => length > 0).map((packet) => ({ ...packet, flags: 0 }));
}

/** The exporter takes the first sender for the source; after a cut either end is equally likely. */
function isFlipped(packets: readonly SeenPacket[], random: Random): boolean {
	return packets[0]!.fromServer && random.chance(0.5);
}

function drawKind<K extends { readonly weight: number }>(kinds: readonly K[], random: Random): K {
	let left = random.next() * kinds.reduce((sum, { weight }) => sum + weight, 0);
	for (const kind of kinds) {
		left -= kind.weight;
		if (left < 0) return kind;
	}
	return kinds[0]!;
}

function flowsOf(
	script: Script,
	seconds: number,
	encrypted: boolean,
	most: number,
	protocol: number,
	disguise: Disguise,
	random: Random,
) {
	const path = drawPath(random);
	const dialogue = new Dialogue(random, path, seconds);
	script(dialogue);
	const messages = withJunk(dialogue.messages(), disguise, path.roundTrip);
	if (messages.length === 0) return [];
	const written = encrypted ? sealConversation(messages, random, path, disguise) : messages;
	const segments = packetsOf(written, path, random);
	const packets = protocol === TCP ? segments : datagramsOf(segments);
	// The exporter may have started, or cut, at any phase of a longer conversation.
	const begin = seconds < 120 || random.chance(0.6) ? 0 : random.uniform(0, seconds * 0.6);
	const inactive = random.chance(0.75) ? 65 : random.pick([30, 60, 120]);
	const flows = cutFlows(packets, { active: random.chance(0.9) ? 300 : random.pick([60, 120, 600]), inactive }, begin);
	const kept =
		flows.length <= most
			? flows
			: [flows[0]!, ...Array.from({ length: most - 1 }, () => flows[random.integer(1, flows.length - 1)]!)];
	return kept.map((packets) => ({ packets, headers: path.headers }));
}
