import type { Log } from "../bytes/log.ts";
import { BlockTimeWatch } from "../incident/block-times/block-time-watch.ts";
import { parseBlockTimeSource } from "../mining/block-clock/block-time-source.ts";
import { BlockTimeSources } from "../run/block-time-sources.ts";

/** How the daemon presents itself to pools that it listens to. */
const AGENT = "decrypto-block-clock/1.0";

/** The clocks that the configuration names, and the watch that they serve, which remembers over reloads. */
export class BlockTimeClocks implements AsyncDisposable {
	readonly watch = new BlockTimeWatch({ usesTraffic: false });
	readonly #log: Log;
	#sources: BlockTimeSources | undefined;

	constructor(log: Log) {
		this.#log = log;
	}

	/** Goes on with these clocks and no others. */
	async use(names: readonly string[]): Promise<void> {
		await this.#sources?.[Symbol.asyncDispose]();
		const sources = names.map(parseBlockTimeSource);
		this.watch.usesTraffic = sources.some(({ kind }) => kind === "network");
		this.#sources = await BlockTimeSources.start(sources, {
			learn: (block, kind) => this.watch.learn(block, kind),
			warn: (line) => this.#log.warn("block times", line),
			agent: AGENT,
			isLive: true,
		});
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#sources?.[Symbol.asyncDispose]();
	}
}
