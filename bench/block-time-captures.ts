import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openByteSource } from "../src/bytes/byte-source.ts";
import type { CapturedPacket } from "../src/capture/captured-packet.ts";
import { listAt } from "../src/flow/flow-columns.ts";
import { PushHistory } from "../src/incident/block-times/push-history.ts";
import { meterCapture } from "../src/meter/meter-capture.ts";

/** One capture of a miner: what its pool pushed, and when each new height was first told. */
export interface MinerCapture {
	readonly file: string;
	readonly history: PushHistory;
	/** Microseconds since the epoch, in ascending order. */
	readonly blocks: readonly number[];
	/** First time of each height. */
	readonly heights: ReadonlyMap<number, number>;
}

const TCP = 6;
/** As many pushes as the meter keeps: older ones are missing. */
const RING = 64;
const HEIGHT = /"height":(\d{6,8})/;

/** Reads the captures of a folder in which each file is one miner's session. */
export async function minerCaptures(folder: string): Promise<MinerCapture[]> {
	const captures: MinerCapture[] = [];
	for (const file of readdirSync(folder).sort()) {
		const heights = new Map<number, number>();
		const tap = { add: (packet: CapturedPacket) => noteHeight(packet, heights) };
		const history = new PushHistory();
		for (const { begin, end, pushes } of await pushesIn(join(folder, file), tap)) history.add(begin, end, pushes);
		// The height of the first job may be older than the capture.
		const blocks = [...heights.values()].sort((a, b) => a - b).slice(1);
		if (blocks.length > 0) captures.push({ file, history, blocks, heights });
	}
	return captures;
}

/** The pushes of the flows of ordinary captures with at least `fewest` of them. */
export async function ordinaryPushes(folder: string, manifest: string, fewest: number): Promise<PushHistory[]> {
	const found: PushHistory[] = [];
	for (const line of readFileSync(manifest, "utf8").split("\n").slice(1)) {
		const [file, , , , label] = line.split(",");
		if (label !== "other" || !file) continue;
		const byConnection = new Map<string, PushHistory>();
		try {
			for (const { key, begin, end, pushes } of await pushesIn(join(folder, file))) {
				const history = byConnection.get(key) ?? new PushHistory();
				byConnection.set(key, history);
				history.add(begin, end, pushes);
			}
		} catch {
			// The captures of other projects' parser tests contain broken ones.
			continue;
		}
		for (const history of byConnection.values()) if (history.pushes.length >= fewest) found.push(history);
	}
	return found;
}

interface FlowPushes {
	readonly key: string;
	readonly begin: number;
	readonly end: number;
	readonly pushes: Float64Array;
}

async function pushesIn(path: string, tap?: { add(packet: CapturedPacket): void }): Promise<FlowPushes[]> {
	const found: FlowPushes[] = [];
	const source = meterCapture(openByteSource(path), { pushTimes: true, ...(tap && { tap }) });
	for await (const flows of source) {
		for (let i = 0; i < flows.length; i++) {
			const pushes = listAt(flows.extras.pushTimes!, i).slice();
			if (flows.protocol[i] !== TCP || pushes.length === 0) continue;
			const first = pushes[0]!;
			const begin = pushes.length >= RING ? first : Math.min(first, flows.timeFirst[i]!);
			found.push({ key: String(flows.extras.flowId![i]), begin, end: flows.timeLast[i]!, pushes });
		}
	}
	return found;
}

function noteHeight({ bytes, begin, end, time }: CapturedPacket, heights: Map<number, number>): void {
	const found = HEIGHT.exec(Buffer.from(bytes.buffer, bytes.byteOffset + begin, end - begin).toString("latin1"));
	if (found && !heights.has(Number(found[1]))) heights.set(Number(found[1]), time);
}
