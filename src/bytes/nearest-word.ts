/**
 * The word of `known` that `word` most likely means: at most a third of its letters differ; undefined if none is near.
 */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
	const asked = word.slice(0, LONGEST).toLowerCase();
	let best: string | undefined;
	let bestDistance = Math.max(1, Math.floor(asked.length / 3)) + 1;
	for (const candidate of known) {
		const distance = editDistance(asked, candidate.toLowerCase());
		if (distance >= bestDistance) continue;
		best = candidate;
		bestDistance = distance;
	}
	return best;
}

/** Longer words are cut: the distance costs the product of both lengths. */
const LONGEST = 64;

/** The number of letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
	let beforeLast: number[] = [];
	let last = Array.from({ length: b.length + 1 }, (_, i) => i);
	for (let i = 1; i <= a.length; i++) {
		const row = [i];
		for (let k = 1; k <= b.length; k++) {
			const replaced = last[k - 1]! + (a[i - 1] === b[k - 1] ? 0 : 1);
			let distance = Math.min(replaced, last[k]! + 1, row[k - 1]! + 1);
			const isSwap = i > 1 && k > 1 && a[i - 1] === b[k - 2] && a[i - 2] === b[k - 1];
			if (isSwap) distance = Math.min(distance, beforeLast[k - 2]! + 1);
			row.push(distance);
		}
		beforeLast = last;
		last = row;
	}
	return last[b.length]!;
}
