import { blockInterval } from "./block-interval.ts";

/** Where a time of a block comes from. `pushes`: what other miners were sent, a second or two late; `blocks`: block times. */
export type ClockKind = "pushes" | "blocks";

/** A new block of a coin, as one source tells it. */
export interface BlockTime {
	readonly coin: string;
	/** Microseconds since the epoch. */
	readonly time: number;
	/** Who tells it: a file, a node, a connection. One source's times are merged with those of the others. */
	readonly source: string;
	readonly height?: number;
}

/** Two sources that tell a block within this many microseconds, or a third of the coin's interval, tell the same one. */
const SAME_BLOCK = 3e6;
/** Blocks that are kept of a coin: 30 days of Monero, three of a coin with a block every 12 seconds. */
const MOST_BLOCKS = 21_600;
const MOST_COINS = 64;
const MOST_SOURCES = 64;

interface Block {
	time: number;
	height: number | undefined;
	/** Positions in `CoinClock.sources`, as bits of two words: at most 64 sources. */
	sources: Set<number>;
}

/** The block times of one coin and kind, merged from all sources. */
class CoinClock {
	readonly blocks: Block[] = [];
	readonly sources: string[] = [];
	/** Sources that were found to tell something else than this coin's blocks. */
	readonly wrong = new Set<number>();
	readonly #tolerance: number;

	constructor(coin: string) {
		this.#tolerance = Math.min(SAME_BLOCK, blockInterval(coin) / 3);
	}

	add({ time, source, height }: BlockTime): void {
		const at = this.#sourceIndex(source);
		if (at < 0) return;
		const position = this.#positionOf(time);
		const same = this.#sameBlock(position, time, height, at);
		if (same) {
			// The first to know is nearest to the block.
			same.time = Math.min(same.time, time);
			same.height ??= height;
			same.sources.add(at);
			return;
		}
		this.blocks.splice(position, 0, { time, height, sources: new Set([at]) });
		if (this.blocks.length > MOST_BLOCKS) this.blocks.shift();
	}

	/** Times told by a source that is not known to be wrong, from `begin` to `end`. */
	between(begin: number, end: number): number[] {
		const times: number[] = [];
		for (let k = this.#positionOf(begin); k < this.blocks.length && this.blocks[k]!.time <= end; k++) {
			if ([...this.blocks[k]!.sources].some((source) => !this.wrong.has(source))) times.push(this.blocks[k]!.time);
		}
		return times;
	}

	/** Times told by one source. */
	of(source: number): number[] {
		return this.blocks.filter(({ sources }) => sources.has(source)).map(({ time }) => time);
	}

	#sourceIndex(source: string): number {
		const known = this.sources.indexOf(source);
		if (known >= 0) return known;
		if (this.sources.length >= MOST_SOURCES) return -1;
		return this.sources.push(source) - 1;
	}

	/** The first position whose block is not before `time`. Times come nearly in order: looked for from the end. */
	#positionOf(time: number): number {
		let low = 0;
		let high = this.blocks.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (this.blocks[middle]!.time < time) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	/** A neighbour that is the same block: the same height, or near enough and told by another source. */
	#sameBlock(position: number, time: number, height: number | undefined, source: number): Block | undefined {
		for (const block of [this.blocks[position - 1], this.blocks[position]]) {
			if (block === undefined) continue;
			if (height !== undefined && block.height === height) return block;
			// A file that is read again.
			if (block.time === time && block.height === height) return block;
			const areDifferent = height !== undefined && block.height !== undefined;
			if (!areDifferent && Math.abs(block.time - time) <= this.#tolerance && !block.sources.has(source)) return block;
		}
		return undefined;
	}
}

/** Times of blocks by coin, from many sources: bounded in coins, sources and blocks. */
export class BlockClocks {
	readonly #clocks = new Map<string, CoinClock>();
	/** Block times that came for a coin beyond the bound. */
	dropped = 0;

	/** The coins whose blocks are known. */
	coins(): string[] {
		return [...new Set([...this.#clocks.keys()].map((key) => key.slice(key.indexOf(" ") + 1)))];
	}

	add(block: BlockTime, kind: ClockKind): void {
		const key = `${kind} ${block.coin}`;
		let clock = this.#clocks.get(key);
		if (clock === undefined) {
			if (this.#clocks.size >= MOST_COINS || !Number.isFinite(block.time)) {
				this.dropped++;
				return;
			}
			clock = new CoinClock(block.coin);
			this.#clocks.set(key, clock);
		}
		if (Number.isFinite(block.time)) clock.add(block);
	}

	/** Blocks of a coin from `begin` to `end`, microseconds, in ascending order. */
	between(coin: string, kind: ClockKind, begin: number, end: number): readonly number[] {
		return this.#clocks.get(`${kind} ${coin}`)?.between(begin, end) ?? [];
	}

	/** The sources of a coin's clock, with the times that each told and whether it is taken for wrong. */
	sourcesOf(coin: string, kind: ClockKind): readonly { source: string; times: readonly number[]; isWrong: boolean }[] {
		const clock = this.#clocks.get(`${kind} ${coin}`);
		if (clock === undefined) return [];
		return clock.sources.map((source, k) => ({ source, times: clock.of(k), isWrong: clock.wrong.has(k) }));
	}

	/** From now on the times that only this source tells do not count; or count again. */
	setWrong(coin: string, kind: ClockKind, source: string, isWrong: boolean): void {
		const clock = this.#clocks.get(`${kind} ${coin}`);
		const at = clock?.sources.indexOf(source) ?? -1;
		if (clock === undefined || at < 0) return;
		if (isWrong) clock.wrong.add(at);
		else clock.wrong.delete(at);
	}
}
