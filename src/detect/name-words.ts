import { CLEAR_COIN_WORDS, COIN_OF_WORD } from "../mining/coin-words.ts";

/** Words for mining; each alone is also an ordinary word (a swimming pool, a mine, a journal of mining). */
export const MINING_WORDS: ReadonlySet<string> = new Set([
	"pool",
	"pools",
	"mine",
	"miner",
	"miners",
	"mining",
	"solo",
]);

/** Ordinary words with the same ending as a mining word. */
const ORDINARY: ReadonlySet<string> = new Set(
	(
		"mempool whirlpool liverpool carpool blackpool hartlepool deadpool cesspool vanpool motorpool threadpool rocketpool stakepool stakingpool " +
		"swimmingpool spool jasmine examine determine undermine famine vitamine doctrine gasmine predetermine examiner determiner " +
		"underminer examining determining undermining datamining textmining processmining"
	).split(" "),
);

/** Whether a word outside the dictionary ends in a mining word, as pools' own names do: `whalepool`, `ntminer`. */
export function endsInMiningWord(word: string): boolean {
	return !ORDINARY.has(word) && /..(pool|miners?|mining)$/.test(word);
}

/** Neutral words that appear next to mining words, so that compounds can be split: `euxmrpool`. */
const FILLERS: readonly string[] = (
	"my the our your eu us uk de fr ru cn sg asia euro europe usa east west north south global world auto best fast top " +
	"big free new open pro hub net node server proxy club support fair lucky hash coin coins crypto pps pplns rig farm " +
	"tcp ssl tls news"
).split(" ");

const DICTIONARY: ReadonlySet<string> = new Set([
	...MINING_WORDS,
	"stratum",
	...CLEAR_COIN_WORDS,
	...[...COIN_OF_WORD.keys()].filter((word) => word.length >= 5),
	...FILLERS,
]);
const LONGEST = Math.max(...[...DICTIONARY].map((word) => word.length));

/**
 * The words of one label in lower case: split at hyphens, underscores and digits. A part that consists entirely of
 * dictionary words is split into the fewest of them. `xmrpool` is two words; `liverpool` and `jasmine` are one each,
 * because `liver` and `jas` are not in the dictionary.
 */
export function wordsOf(label: string): string[] {
	return label.split(/[^a-z]+/).flatMap((part) => (part === "" ? [] : (compound(part) ?? [part])));
}

function compound(part: string): string[] | undefined {
	// count[i]: the fewest words that make up the first i letters; begin[i]: where the last of them begins.
	const count: number[] = [0];
	const begin: number[] = [0];
	for (let end = 1; end <= part.length; end++) {
		count[end] = Number.POSITIVE_INFINITY;
		begin[end] = -1;
		for (let start = Math.max(0, end - LONGEST); start < end; start++) {
			if (count[start]! + 1 < count[end]! && DICTIONARY.has(part.slice(start, end))) {
				count[end] = count[start]! + 1;
				begin[end] = start;
			}
		}
	}
	if (begin[part.length] === -1) return undefined;
	const words: string[] = [];
	for (let end = part.length; end > 0; end = begin[end]!) words.unshift(part.slice(begin[end]!, end));
	return words;
}
