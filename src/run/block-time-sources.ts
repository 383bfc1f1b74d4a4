import type { BlockTime, ClockKind } from "../mining/block-clock/block-clock.ts";
import { readBlockTimeFile } from "../mining/block-clock/block-time-file.ts";
import type { BlockTimeSource } from "../mining/block-clock/block-time-source.ts";
import { pollNode } from "../mining/block-clock/poll-node.ts";
import { listenToPool } from "../pool/listen-to-pool.ts";

export interface BlockTimeSourcesOptions {
	learn(block: BlockTime, kind: ClockKind): void;
	warn(line: string): void;
	/** How the operator presents itself to pools that are listened to. */
	readonly agent: string;
	/** Inputs are live: files are followed, nodes asked and pools listened to. Else files are read to their end. */
	readonly isLive: boolean;
}

/**
 * The clocks that stand outside the traffic. Files are read before `start` resolves, where inputs are not live, so that
 * every flow is tested against them; it then rejects where one cannot be read.
 */
export class BlockTimeSources implements AsyncDisposable {
	readonly #stop = new AbortController();
	readonly #running: Promise<void>[] = [];

	static async start(sources: readonly BlockTimeSource[], options: BlockTimeSourcesOptions): Promise<BlockTimeSources> {
		const running = new BlockTimeSources();
		for (const source of sources) {
			const reading = running.#open(source, options);
			if (!options.isLive) await reading;
			else running.#running.push(reading.catch((error: Error) => options.warn(`block times: ${error.message}`)));
		}
		return running;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#stop.abort();
		await Promise.all(this.#running);
	}

	async #open(source: BlockTimeSource, { learn, warn, agent, isLive }: BlockTimeSourcesOptions): Promise<void> {
		const { signal } = this.#stop;
		const onBlock = (block: BlockTime): void => learn(block, source.kind === "pool" ? "pushes" : "blocks");
		if (source.kind === "file") await readBlockTimeFile({ path: source.path, onBlock, warn, follow: isLive, signal });
		else if (source.kind === "node" && isLive) await pollNode({ node: source.node, onBlock, warn, signal });
		else if (source.kind === "pool" && isLive) await listenToPool({ pool: source.pool, agent, onBlock, warn, signal });
		else if (source.kind !== "network")
			warn(`block times: a ${source.kind} tells nothing about files; it is not asked`);
	}
}
