import { BlockTimeWatch } from "../incident/block-times/block-time-watch.ts";
import { parseBlockTimeSource } from "../mining/block-clock/block-time-source.ts";
import { BlockTimeSources, type BlockTimeSourcesOptions } from "../run/block-time-sources.ts";

/** How the program presents itself to pools that it listens to. */
const AGENT = "decrypto-block-clock/1.0";

export type BlockTimeClocksOptions = Pick<BlockTimeSourcesOptions, "warn" | "isLive">;

/** The clocks that a configuration or a command line names, and the watch that they serve, which remembers over reloads. */
export class BlockTimeClocks implements AsyncDisposable {
	readonly watch = new BlockTimeWatch({ usesTraffic: false });
	readonly #options: BlockTimeClocksOptions;
	#sources: BlockTimeSources | undefined;

	constructor(options: BlockTimeClocksOptions) {
		this.#options = options;
	}

	/** Goes on with these clocks and no others. Where inputs are not live, rejects for a file that cannot be read. */
	async use(names: readonly string[]): Promise<void> {
		await this.#sources?.[Symbol.asyncDispose]();
		const sources = names.map(parseBlockTimeSource);
		this.watch.usesTraffic = sources.some(({ kind }) => kind === "network");
		this.#sources = await BlockTimeSources.start(sources, {
			learn: (block, kind) => this.watch.learn(block, kind),
			agent: AGENT,
			...this.#options,
		});
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#sources?.[Symbol.asyncDispose]();
	}
}
