/** Exponential backoff; times in milliseconds. */
export interface Backoff {
	readonly first: number;
	readonly longest: number;
}

export const BACKOFF_DEFAULT: Backoff = { first: 1000, longest: 300_000 };

/**
 * The wait before the next attempt, after `failures` (from 1) attempts failed: between half of and the whole
 * exponential delay, so that receivers that failed together do not return together.
 */
export function backoffDelay(
	{ first, longest }: Backoff,
	failures: number,
	random: () => number = Math.random,
): number {
	const delay = Math.min(first * 2 ** Math.min(failures - 1, 40), longest);
	return delay / 2 + (random() * delay) / 2;
}
