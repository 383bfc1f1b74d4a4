import {
	type HitWindow,
	WINDOW_OF_BLOCKS,
	WINDOW_OF_PUSHES,
	windowFor,
} from "../../detect/block-times/block-time-test.ts";
import type { BlockClocks, ClockKind } from "../../mining/block-clock/block-clock.ts";
import { blockInterval } from "../../mining/block-clock/block-interval.ts";
import type { WatchedPair } from "./watched-pair.ts";

/** One clock that a pair can be tested against. */
export interface Clock {
	readonly coin: string;
	readonly kind: ClockKind;
	readonly window: HitWindow;
	/** Microseconds since the epoch, in ascending order. */
	readonly blocks: readonly number[];
}

/** Confirmed miners of one coin that serve as its clock. */
const MOST_MINERS = 32;
/** Pushes of two servers within this many microseconds, or a third of the coin's interval, tell the same block. */
const SAME_BLOCK = 3e6;

/**
 * All clocks: those of feeds, nodes and pools that are listened to, and, if they are used, the confirmed miners of the same
 * traffic. Confirmed miners judge the other clocks in any case.
 */
export class ClockTable {
	readonly external: BlockClocks;
	readonly #miners = new Map<string, Set<WatchedPair>>();

	/** Whether miners of the same traffic are clocks. */
	usesTraffic: boolean;

	constructor(external: BlockClocks, usesTraffic: boolean) {
		this.external = external;
		this.usesTraffic = usesTraffic;
	}

	/** A pair whose payload tells the coin: from now on it is a part of the coin's clock. */
	addMiner(pair: WatchedPair, coin: string): void {
		const pairs = this.#miners.get(coin);
		if (pairs === undefined) this.#miners.set(coin, new Set([pair]));
		else if (pairs.size < MOST_MINERS) pairs.add(pair);
	}

	removeMiner(pair: WatchedPair): void {
		if (pair.coin === undefined) return;
		const pairs = this.#miners.get(pair.coin);
		pairs?.delete(pair);
		if (pairs?.size === 0) this.#miners.delete(pair.coin);
	}

	minersOf(coin: string): readonly WatchedPair[] {
		return [...(this.#miners.get(coin) ?? [])];
	}

	/** The clocks that know blocks in the time in which the pair was observed; none of them is made of its own server's pushes. */
	clocksFor(pair: WatchedPair): Clock[] {
		const { begins, ends } = pair.history.spans;
		const [from, to] = [begins[0] ?? Infinity, ends.at(-1) ?? -Infinity];
		const coins = new Set([...this.external.coins(), ...this.#miners.keys()]);
		const clocks: Clock[] = [];
		for (const coin of coins) {
			const interval = blockInterval(coin);
			const blocks = this.external.between(coin, "blocks", from, to);
			if (blocks.length > 0)
				clocks.push({ coin, kind: "blocks", window: windowFor(WINDOW_OF_BLOCKS, interval), blocks });
			const pushed = this.#pushesOf(coin, pair, from, to, Math.min(SAME_BLOCK, interval / 3));
			if (pushed.length > 0)
				clocks.push({ coin, kind: "pushes", window: windowFor(WINDOW_OF_PUSHES, interval), blocks: pushed });
		}
		return clocks;
	}

	/** The blocks of a coin that any clock knows. */
	blocks(coin: string, from: number, to: number): readonly number[] {
		const tolerance = Math.min(SAME_BLOCK, blockInterval(coin) / 3);
		const told = this.external.between(coin, "blocks", from, to);
		return merged([...told, ...this.#pushes(coin, this.minersOf(coin), from, to)], tolerance);
	}

	#pushesOf(coin: string, pair: WatchedPair, from: number, to: number, tolerance: number): number[] {
		const miners = this.minersOf(coin).filter((miner) => !isSameServer(miner, pair));
		return merged(this.#pushes(coin, miners, from, to), tolerance);
	}

	#pushes(coin: string, miners: readonly WatchedPair[], from: number, to: number): number[] {
		const times = [...this.external.between(coin, "pushes", from, to)];
		for (const miner of this.usesTraffic ? miners : []) {
			if (miner.isWrongClock) continue;
			for (const time of miner.clock) if (time >= from && time <= to) times.push(time);
		}
		return times;
	}
}

/** Ports of one address, and one name, are one server. */
export function isSameServer(a: WatchedPair, b: WatchedPair): boolean {
	if (a.last.server.address === b.last.server.address) return true;
	return a.serverName !== undefined && a.serverName === b.serverName;
}

/** Times in ascending order; those within `tolerance` of the first of them are one. */
export function merged(times: readonly number[], tolerance: number): number[] {
	const single: number[] = [];
	for (const time of [...times].sort((a, b) => a - b)) {
		if (time - (single.at(-1) ?? -Infinity) > tolerance) single.push(time);
	}
	return single;
}
