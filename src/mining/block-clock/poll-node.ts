import { setTimeout as sleep } from "node:timers/promises";
import type { BlockTime } from "./block-clock.ts";
import { type NodeAddress, newestBlock } from "./node-clock.ts";

export interface NodePolling {
	readonly node: NodeAddress;
	onBlock(block: BlockTime): void;
	/** Gets a line when the node begins to fail, and when it answers again. */
	warn(line: string): void;
	readonly signal: AbortSignal;
	/** Milliseconds between two questions; after a failure ten times as long. */
	readonly every?: number;
	/** Milliseconds since the epoch. */
	now?(): number;
}

const EVERY = 1000;

/**
 * Asks a node for its newest block until the signal aborts. A block's time is when the node first tells it: the block that
 * it has at the start, or after it was away, has none. Never rejects.
 */
export async function pollNode({
	node,
	onBlock,
	warn,
	signal,
	every = EVERY,
	now = Date.now,
}: NodePolling): Promise<void> {
	let known: string | undefined;
	let isFailing = false;
	while (!signal.aborted) {
		try {
			const { height, hash } = await newestBlock(node);
			if (known !== undefined && hash !== known)
				onBlock({ coin: node.coin, time: now() * 1000, source: node.url, height });
			known = hash;
			if (isFailing) warn(`${node.url}: answers again`);
			isFailing = false;
		} catch (error) {
			if (!isFailing) warn(error instanceof Error ? error.message : String(error));
			isFailing = true;
			known = undefined;
		}
		await sleep(isFailing ? 10 * every : every, undefined, { signal }).catch(() => {});
	}
}
