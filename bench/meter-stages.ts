import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { openByteSource } from "../src/bytes/byte-source.ts";
import { DecodedPacket } from "../src/capture/decoded-packet.ts";
import { PacketDecoder } from "../src/capture/packet-decoder.ts";
import { PacketReader } from "../src/capture/packet-reader.ts";
import { PLACES } from "../src/capture/shard.ts";
import { detect } from "../src/detect/detect.ts";
import { createDetectMemory, createDetector } from "../src/detect/detector.ts";
import { DEFAULT_OPTIONS } from "../src/detect/options.ts";
import { VerdictColumns } from "../src/detect/verdicts.ts";
import { openModel } from "../src/forest/open-model.ts";
import { type MeterCaptureOptions, meterCapture } from "../src/meter/meter-capture.ts";
import { DEFAULT_MAXIMUM_FLOWS } from "../src/meter/meter-defaults.ts";
import { mayBecomeMining } from "../src/mining/may-become-mining.ts";
import type { ShardOrder } from "./meter-shard-worker.ts";

/** One pass over a capture, and a function that ends it. */
export interface Stage {
	pass(): Promise<void>;
	end?(): Promise<unknown>;
}

const AS_DETECT_ASKS: MeterCaptureOptions = { payloadBytes: 512, handshakes: true, vlan: true };
const WANTED = { isPayloadWanted: mayBecomeMining };

/** The stages for the packets of the capture at `path`, from reading to verdicts. */
export const STAGES: Readonly<Record<string, (path: string) => Stage>> = {
	"read packets": (path) => ({
		async pass() {
			const reader = new PacketReader(openByteSource(path));
			while (await reader.fill()) while (reader.next());
		},
	}),
	"read, decode": (path) => ({
		async pass() {
			const reader = new PacketReader(openByteSource(path));
			const decoder = new PacketDecoder();
			const packet = new DecodedPacket();
			while (await reader.fill()) while (reader.next()) decoder.decode(reader.packet, packet);
		},
	}),
	"file to flows": (path) => ({ pass: () => meter(path, {}) }),
	"as detect asks for": (path) => ({ pass: () => meter(path, { ...AS_DETECT_ASKS, ...WANTED }) }),
	"all payload, too": (path) => ({ pass: () => meter(path, AS_DETECT_ASKS) }),
	"file to verdicts": judging,
	"two threads, to flows": (path) => sideBySide(path, {}, false),
	"two threads, as detect": (path) => sideBySide(path, AS_DETECT_ASKS, true),
};

async function meter(path: string, options: MeterCaptureOptions): Promise<void> {
	for await (const flows of meterCapture(openByteSource(path), options)) void flows;
}

/** The flows through the detector, with the shipped model. */
function judging(path: string): Stage {
	const model = openModel(fileURLToPath(new URL("../models/default.model", import.meta.url)));
	const detector = createDetector(model, DEFAULT_OPTIONS);
	return {
		async pass() {
			const memory = createDetectMemory(DEFAULT_OPTIONS);
			const verdictColumns = new VerdictColumns(DEFAULT_OPTIONS);
			const source = meterCapture(openByteSource(path), { ...AS_DETECT_ASKS, ...WANTED });
			for await (const flows of source) detect(flows, detector, memory, verdictColumns);
		},
	};
}

/** Each of two threads meters its half of the pairs of addresses. */
function sideBySide(path: string, asked: MeterCaptureOptions, payloadForMining: boolean): Stage {
	const beside = new Worker(`${import.meta.dirname}/.data/meter-shard-worker.js`);
	const half = { ...asked, maximumFlows: DEFAULT_MAXIMUM_FLOWS / 2 };
	const middle = PLACES / 2;
	const order: ShardOrder = { path, options: { ...half, shard: { begin: middle, end: PLACES } }, payloadForMining };
	const wanted = payloadForMining ? WANTED : {};
	return {
		async pass() {
			const metered = once(beside, "message");
			beside.postMessage(order);
			await meter(path, { ...half, ...wanted, shard: { begin: 0, end: middle } });
			await metered;
		},
		end: () => beside.terminate(),
	};
}
