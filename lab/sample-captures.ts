import { certificateChain } from "./certificate.ts";
import type { Conversation } from "./conversation.ts";
import { Random } from "./random.ts";
import { type Plan, type Planned, samplePlans } from "./sample-plans.ts";
import { capturePackets, type Placed } from "./wire/capture.ts";
import { ordinaryPath, type TimedFrame } from "./wire/path.ts";
import { insideTls } from "./wire/tls-session.ts";

/** A capture of the samples: its packets and their description. */
export interface SampleCapture {
	/** Name of the file; its extension determines the format. */
	readonly file: string;
	readonly about: string;
	readonly frames: readonly TimedFrame[];
	readonly contents: readonly SampleEntry[];
}

/** One conversation of a capture, for the manifest. */
export interface SampleEntry {
	readonly label: Conversation["label"];
	readonly kind: string;
	readonly transport: Conversation["transport"];
	/** Address and port, in the form of RFC 3986. */
	readonly client: string;
	readonly server: string;
	readonly tls?: Conversation["tls"];
}

/** 2025-03-03 09:00:00 UTC, µs. */
const MORNING = 1_740_992_400_000_000;

/** All samples. Times and lengths are the same each time, and so are bytes outside TLS. */
export function sampleCaptures(): Promise<SampleCapture[]> {
	return Promise.all(samplePlans.map(carryOut));
}

async function carryOut(plan: Plan): Promise<SampleCapture> {
	const random = new Random(plan.seed);
	const placed: Placed[] = [];
	for (const [i, planned] of plan.conversations.entries()) placed.push(await place(planned, random.fork(i)));
	return {
		file: plan.file,
		about: plan.about,
		frames: capturePackets(placed, random.fork(1000)),
		contents: placed.map(entryOf),
	};
}

async function place(planned: Planned, random: Random): Promise<Placed> {
	const plain = planned.conversation(random.fork(1));
	const certificate = () => certificateChain(plain.tls?.serverName ?? "localhost");
	const conversation = plain.tls ? await insideTls(plain, { ...planned.tls, certificate: certificate() }) : plain;
	const version6 = planned.client.includes(":");
	return {
		conversation,
		client: { address: planned.client, port: random.integer(32_768, 60_999), hopLimit: 64 },
		server: { address: planned.server, port: conversation.serverPort, hopLimit: random.integer(44, 58) },
		start: MORNING + planned.after * 1e6 + random.integer(0, 999_999),
		path: { ...ordinaryPath, segmentSize: version6 ? 1440 : 1460, ...planned.path },
	};
}

function entryOf({ conversation, client, server }: Placed): SampleEntry {
	const { label, kind, transport, tls } = conversation;
	const place = (address: string, port: number) => `${address.includes(":") ? `[${address}]` : address}:${port}`;
	return {
		label,
		kind,
		transport,
		client: place(client.address, client.port),
		server: place(server.address, server.port),
		...(tls && { tls }),
	};
}
