import { parentPort } from "node:worker_threads";
import { openByteSource } from "../src/bytes/byte-source.ts";
import type { Shard } from "../src/capture/shard.ts";
import { meterCapture } from "../src/meter/meter-capture.ts";
import { mayBecomeMining } from "../src/mining/may-become-mining.ts";

/** What is to be metered; whoever asks cannot send the function that says which payload is wanted. */
export interface ShardOrder {
	readonly path: string;
	readonly shard: Shard;
	readonly asDetectAsks: boolean;
}

/** Meters its shard of a capture beside the benchmark, as often as it is told to. */
parentPort!.on("message", async (order: ShardOrder) => {
	await meterShard(order);
	parentPort!.postMessage("metered");
});

async function meterShard({ path, shard, asDetectAsks }: ShardOrder): Promise<void> {
	const more = { payloadBytes: 512, handshakes: true, vlan: true, isPayloadWanted: mayBecomeMining };
	const options = { shard, maximumFlows: 1 << 19, ...(asDetectAsks && more) };
	for await (const flows of meterCapture(openByteSource(path), options)) void flows;
}
