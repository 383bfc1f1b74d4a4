import { type HitWindow, WINDOW_OF_PUSHES } from "../../detect/block-times/block-time-test.ts";
import { type Significance, significanceOf } from "../../detect/block-times/significance.ts";
import type { BlockTimesEvidence } from "../../detect/evidence.ts";
import { BlockClocks, type BlockTime, type ClockKind } from "../../mining/block-clock/block-clock.ts";
import type { Sighting } from "../sighting.ts";
import { judgeClocks } from "./clock-reliability.ts";
import { type Clock, ClockTable, isSameServer } from "./clock-table.ts";
import { type LockstepGroup, lockstepGroups } from "./lockstep-groups.ts";
import { pairSighting } from "./pair-sighting.ts";
import type { PushRecord } from "./push-record.ts";
import { WatchedPair } from "./watched-pair.ts";

export interface BlockTimeOptions {
	/** The corrected p-value at which a server is said to follow the blocks. */
	readonly level: number;
	/** Whether miners of the same traffic are clocks, and suspects are compared with each other. */
	readonly usesTraffic: boolean;
	/** Pairs of host and server that are watched; the one seen longest ago is forgotten first. */
	readonly mostPairs: number;
	/** Suspects of other servers that one suspect is compared with. */
	readonly mostSuspects: number;
	/** Microseconds after which a pair that still follows the blocks is sighted again. */
	readonly repeatAfter: number;
}

export const BLOCK_TIME_DEFAULTS: BlockTimeOptions = {
	level: 1e-6,
	usesTraffic: true,
	mostPairs: 8192,
	mostSuspects: 32,
	// Half of the time after which an incident closes.
	repeatAfter: 1800e6,
};

export interface BlockTimeCounters {
	records: number;
	/** Records without usable times. */
	malformed: number;
	/** Pairs forgotten because too many were watched. */
	forgotten: number;
	/** Pairs tested, each time. */
	looks: number;
	sightings: number;
}

/** What a pair was found to follow. */
type Follows = Pick<BlockTimesEvidence, "coin" | "with">;

interface Tested extends Significance {
	readonly follows: Follows;
	readonly window: HitWindow;
}

/** Fewer blocks tell nothing, whatever their hits. */
const FEWEST_BLOCKS = 5;
/** A pair with fewer pushes cannot have as many hits. */
const FEWEST_PUSHES = 4;
/** A record beyond this length has a broken clock. */
const LONGEST_RECORD = 30 * 86_400e6;

/**
 * Push records and block times in, sightings out: which servers send data when blocks are found. No I/O and no clock: time
 * is that of the records. Memory is bounded by the options.
 */
export class BlockTimeWatch {
	readonly counters: BlockTimeCounters = { records: 0, malformed: 0, forgotten: 0, looks: 0, sightings: 0 };
	readonly #options: BlockTimeOptions;
	readonly #clocks: ClockTable;
	/** The pair seen longest ago first. */
	readonly #pairs = new Map<string, WatchedPair>();
	#sightings: Sighting[] = [];

	constructor(options: Partial<BlockTimeOptions> = {}, clocks = new BlockClocks()) {
		this.#options = { ...BLOCK_TIME_DEFAULTS, ...options };
		this.#clocks = new ClockTable(clocks, this.#options.usesTraffic);
	}

	/** Pairs that are watched. */
	get pairs(): number {
		return this.#pairs.size;
	}

	/** Whether miners of the same traffic are clocks, from the next look on. */
	set usesTraffic(value: boolean) {
		this.#clocks.usesTraffic = value;
	}

	/** A block that a feed, a node or a pool tells of. */
	learn(block: BlockTime, kind: ClockKind): void {
		this.#clocks.external.add(block, kind);
	}

	/** Blocks of a coin within the bounds (microseconds), as far as clocks told them. */
	blocks(coin: string, from: number, until: number): { readonly at: number; readonly coin: string }[] {
		return this.#clocks.blocks(coin, from, until).map((at) => ({ at, coin }));
	}

	observe(record: PushRecord): void {
		this.counters.records++;
		const { begin, end } = record;
		if (!(end >= begin && end - begin <= LONGEST_RECORD)) {
			this.counters.malformed++;
			return;
		}
		const pair = this.#pairOf(record);
		const wasClock = pair.coin !== undefined;
		pair.add(record);
		if (pair.coin !== undefined && !wasClock) this.#clocks.addMiner(pair, pair.coin);
		if (pair.isDue) this.#look(pair);
		else if (pair.reportedBlocks > 0 && record.end - pair.reportedAt >= this.#options.repeatAfter) this.#look(pair);
	}

	/** The inputs have ended: every pair is tested with all that is known. */
	flush(): void {
		// First the confirmed miners: they tell which clocks are wrong.
		for (const pair of this.#pairs.values()) if (pair.isConfirmed) this.#look(pair);
		for (const pair of this.#pairs.values()) if (!pair.isConfirmed) this.#look(pair);
	}

	/** The sightings since the last call. */
	take(): Sighting[] {
		const sightings = this.#sightings;
		this.#sightings = [];
		return sightings;
	}

	/** Hosts that receive pushes in lockstep from one server that is suspected or confirmed: a botnet or a farm. */
	groups(): LockstepGroup[] {
		return lockstepGroups([...this.#pairs.values()]);
	}

	#pairOf(record: PushRecord): WatchedPair {
		const { domain = "", client, server } = record;
		const key = `${domain}|${client.address}|${server.address}|${server.port}`;
		const known = this.#pairs.get(key);
		const pair = known ?? new WatchedPair(record);
		this.#pairs.delete(key);
		this.#pairs.set(key, pair);
		if (this.#pairs.size > this.#options.mostPairs) this.#forgetOldest();
		return pair;
	}

	#forgetOldest(): void {
		const [[key, pair]] = this.#pairs as unknown as [[string, WatchedPair]];
		this.#clocks.removeMiner(pair);
		this.#pairs.delete(key);
		this.counters.forgotten++;
	}

	#look(pair: WatchedPair): void {
		if (pair.isConfirmed) {
			pair.look();
			judgeClocks(this.#clocks, pair);
			return;
		}
		const clocks = this.#clocks.clocksFor(pair).filter(({ blocks }) => blocks.length >= FEWEST_BLOCKS);
		const others = pair.isSuspect && this.#clocks.usesTraffic ? this.#suspectsApartFrom(pair) : [];
		if (pair.history.pushes.length < FEWEST_PUSHES || clocks.length + others.length === 0) {
			pair.postpone();
			return;
		}
		this.counters.looks++;
		const look = pair.look();
		const tests = clocks.length + others.length;
		const ofCoins = clocks.map((clock) => this.#tested(pair, clock, { coin: clock.coin }, look, tests));
		const ofOthers = others.map((other) => {
			const clock = { kind: "pushes", window: WINDOW_OF_PUSHES, blocks: other.clock } as const;
			return this.#tested(pair, clock, { with: serverText(other) }, look, tests);
		});
		// A coin says more than another suspect.
		for (const found of [ofCoins, ofOthers]) {
			const best = found.reduce<Tested | undefined>(better, undefined);
			if (best === undefined || !this.#isTelling(best)) continue;
			this.#report(pair, best);
			break;
		}
	}

	#tested(pair: WatchedPair, clock: Omit<Clock, "coin">, follows: Follows, look: number, tests: number): Tested {
		const { window, blocks, kind } = clock;
		const result = significanceOf(pair.history, blocks, { window, isClockOfPushes: kind === "pushes", look, tests });
		return { ...result, follows, window };
	}

	#isTelling({ logCorrected, blocks }: Significance): boolean {
		return blocks >= FEWEST_BLOCKS && logCorrected <= Math.log(this.#options.level);
	}

	#report(pair: WatchedPair, result: Tested): void {
		const isFirst = pair.reportedBlocks === 0;
		const hasDoubled = result.blocks >= 2 * pair.reportedBlocks;
		const isOld = pair.last.end - pair.reportedAt >= this.#options.repeatAfter;
		if (!isFirst && !hasDoubled && !isOld) return;
		pair.reportedBlocks = result.blocks;
		pair.reportedAt = pair.last.end;
		this.counters.sightings++;
		this.#sightings.push(pairSighting(pair, evidenceOf(result)));
	}

	/** Pairs of other servers that are suspects, or mine a coin that nothing tells; the ones seen last. */
	#suspectsApartFrom(pair: WatchedPair): WatchedPair[] {
		const found: WatchedPair[] = [];
		for (const other of [...this.#pairs.values()].reverse()) {
			const isCandidate = other.isSuspect || (other.isConfirmed && other.coin === undefined);
			if (isCandidate && !isSameServer(other, pair) && other.clock.length >= FEWEST_BLOCKS) found.push(other);
			if (found.length === this.#options.mostSuspects) break;
		}
		return found;
	}
}

function better(best: Tested | undefined, each: Tested): Tested {
	return best === undefined || each.logCorrected < best.logCorrected ? each : best;
}

function evidenceOf({ blocks, hits, coverage, logCorrected, follows, window }: Tested): BlockTimesEvidence {
	const pValue = Math.max(Math.exp(logCorrected), Number.MIN_VALUE);
	const expected = blocks * coverage;
	return { signal: "block-times", ...follows, within: window.hi / 1e6, blocks, hits, expected, coverage, pValue };
}

function serverText({ last: { server } }: WatchedPair): string {
	return server.address.includes(":") ? `[${server.address}]:${server.port}` : `${server.address}:${server.port}`;
}
