import type { Random } from "../random.ts";

/** Random bytes, like an encrypted or compressed payload. */
export function noise(random: Random, length: number): Uint8Array {
	return Uint8Array.from({ length }, () => random.integer(0, 255));
}

const WORDS =
	"about after again before between change close draft early every first found group house later light meeting minute never night other paper people place point question report short small someone table thanks their there thing think today train under until water where which white without world".split(
		" ",
	);

/** `count` English words, as in messages between people. */
export function words(random: Random, count: number): string {
	return Array.from({ length: count }, () => random.pick(WORDS)).join(" ");
}
