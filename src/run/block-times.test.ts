import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { it } from "node:test";
import { fileURLToPath } from "node:url";
import { certificateChain } from "../../lab/certificate.ts";
import type { Conversation } from "../../lab/conversation.ts";
import { ordinaryMining } from "../../lab/protocols/mining-parameters.ts";
import { moneroLogin } from "../../lab/protocols/xmrig.ts";
import { Random } from "../../lab/random.ts";
import { capturePackets } from "../../lab/wire/capture.ts";
import { ordinaryPath } from "../../lab/wire/path.ts";
import { insideTls } from "../../lab/wire/tls-session.ts";
import { byteSourceOf } from "../bytes/byte-source.ts";
import { pcapFile } from "../capture/pcap-writer.ts";
import { DEFAULT_OPTIONS } from "../detect/options.ts";
import { BlockTimeWatch } from "../incident/block-times/block-time-watch.ts";
import type { Incident } from "../incident/incident.ts";
import { sightingOf } from "../incident/sighting-of.ts";
import { IncidentTracker } from "../incident/tracker.ts";
import { meterCapture } from "../meter/meter-capture.ts";
import { Decider } from "./decider.ts";
import { makeDetector } from "./detector-recipe.ts";
import { LocalPipeline } from "./local-pipeline.ts";

const ETHERNET = 1;
const HOUR = 3600;
const START = 1_772_323_200_000_000;
const model = fileURLToPath(new URL("../../models/default.model", import.meta.url));

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

async function incidentsOf(conversations: readonly { conversation: Conversation; client: string; server: string }[]) {
	const random = new Random(26);
	const placed = conversations.map(({ conversation, client, server }, k) => ({
		conversation,
		client: { address: client, port: 50_000 + k, hopLimit: 64 },
		server: { address: server, port: conversation.serverPort, hopLimit: 54 },
		start: START + k * 1e6,
		path: ordinaryPath,
	}));
	const frames = capturePackets(placed, random).map(({ time, bytes }) => ({ time: Math.floor(time), bytes }));
	const source = meterCapture(byteSourceOf("capture", Readable.from([pcapFile(ETHERNET, frames)])), {
		payloadBytes: 512,
		handshakes: true,
		pushTimes: true,
	});
	const decider = new Decider(makeDetector({ model, options: DEFAULT_OPTIONS }), { wantsPushes: true });
	await using pipeline = new LocalPipeline({
		name: "capture",
		opened: { source, isCapture: true, isLive: false },
		decider,
	});
	const watch = new BlockTimeWatch();
	const tracker = new IncidentTracker();
	for await (const batch of pipeline) {
		for (const i of batch.reported) tracker.add(sightingOf(batch, i));
		for (const record of batch.pushes ?? []) watch.observe(record);
		for (const sighting of watch.take()) tracker.add(sighting);
	}
	watch.flush();
	for (const sighting of watch.take()) tracker.add(sighting);
	tracker.flush();
	const newest = new Map<string, Incident>();
	for (const { incident } of tracker.take().updated) newest.set(incident.host.address, incident);
	return newest;
}

it("of two miners of one coin at different pools, the one in padded TLS behind a proxy is probable, with the coin", async () => {
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
	const incidents = await incidentsOf([
		{ conversation: plain, client: "10.3.7.30", server: "198.51.100.4" },
		{ conversation: sealed, client: "10.3.7.21", server: "203.0.113.7" },
	]);
	assert.equal(incidents.get("10.3.7.30")?.confidence, "confirmed");
	const found = incidents.get("10.3.7.21");
	assert.ok(found);
	assert.equal(found.confidence, "probable");
	assert.equal(found.pools[0]!.coin, "Monero");
	assert.ok(found.signals.some(({ signal }) => signal === "block-times"));
	assert.ok(found.signals.every(({ signal }) => signal !== "payload"));
	assert.ok(found.opened >= START && found.lastSeen <= START + HOUR * 1e6 + 10e6);
});
