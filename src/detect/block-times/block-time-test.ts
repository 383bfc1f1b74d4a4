import { logBinomialTail } from "./binomial-tail.ts";
import { contains, intersection, type Spans, totalLength, unionOfSpans } from "./spans.ts";

/** What one connection shows: when its server pushed data, and when it was observed. Microseconds since the epoch. */
export interface ObservedPushes {
	/** In ascending order. */
	readonly pushes: readonly number[];
	readonly spans: Spans;
}

/** A block at time c is hit by a push in [c + lo, c + hi], microseconds. */
export interface HitWindow {
	readonly lo: number;
	readonly hi: number;
}

/** For a clock that consists of the pushes of other miners: both sides are late by a second or two. */
export const WINDOW_OF_PUSHES: HitWindow = { lo: -1.5e6, hi: 3e6 };
/** For a clock of block timestamps or of a node. */
export const WINDOW_OF_BLOCKS: HitWindow = { lo: 0, hi: 5e6 };

/**
 * The window for a coin with `interval` microseconds between blocks. It covers at most a tenth of the time between two
 * blocks, so that blocks that follow each other quickly do not share their pushes.
 */
export function windowFor(window: HitWindow, interval: number): HitWindow {
	const factor = Math.min(1, interval / 10 / (window.hi - window.lo));
	return { lo: window.lo * factor, hi: window.hi * factor };
}

/** The outcome of the test of one connection against one coin's blocks. */
export interface BlockTimeResult {
	/** Blocks within the observed time, and those of them that a push followed. */
	readonly blocks: number;
	readonly hits: number;
	/** Share of the observed time at which a block would be hit: the probability of a hit by chance. */
	readonly coverage: number;
	/** ln of the p-value: P(at least this many hits) if blocks are independent of the connection. */
	readonly logP: number;
}

/**
 * Tests whether the server sends data when blocks are found. Null hypothesis: blocks are independent of the connection, so
 * hits ~ Binomial(blocks, coverage); the p-value is the exact upper tail. Coverage is the measure of the time that windows
 * around pushes cover, not the push rate times the window: pushes that come in bursts would make hits look too unlikely.
 * `blocks` in ascending order, microseconds.
 */
export function testBlockTimes(
	observed: ObservedPushes,
	blocks: readonly number[],
	window: HitWindow,
): BlockTimeResult {
	const covered = coveredSpans(observed, window);
	const observedTime = totalLength(observed.spans);
	const coverage = observedTime > 0 ? Math.min(1, totalLength(covered) / observedTime) : 1;
	let inView = 0;
	let hits = 0;
	for (const block of blocks) {
		if (!contains(observed.spans, block)) continue;
		inView++;
		if (contains(covered, block)) hits++;
	}
	return { blocks: inView, hits, coverage, logP: logBinomialTail(hits, inView, coverage) };
}

/** The observed times c for which a push lies in [c + lo, c + hi]. */
export function coveredSpans({ pushes, spans }: ObservedPushes, { lo, hi }: HitWindow): Spans {
	return intersection(unionOfSpans(pushes.map((push): [number, number] => [push - hi, push - lo])), spans);
}
