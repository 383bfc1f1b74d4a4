import { parentPort } from "node:worker_threads";
import { openByteSource } from "../src/bytes/byte-source.ts";
import { type MeterCaptureOptions, meterCapture } from "../src/meter/meter-capture.ts";
import { mayBecomeMining } from "../src/mining/may-become-mining.ts";

/** The capture and the options; the function that selects payload cannot be sent. */
export interface ShardOrder {
	readonly path: string;
	readonly options: MeterCaptureOptions;
	readonly payloadForMining: boolean;
}

/** Meters its shard of a capture in parallel to the benchmark, once per message. */
parentPort!.on("message", async (order: ShardOrder) => {
	await meterShard(order);
	parentPort!.postMessage("metered");
});

async function meterShard({ path, options, payloadForMining }: ShardOrder): Promise<void> {
	const wanted = payloadForMining ? { isPayloadWanted: mayBecomeMining } : {};
	for await (const flows of meterCapture(openByteSource(path), { ...options, ...wanted })) void flows;
}
