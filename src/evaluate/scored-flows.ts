/** Scores with true labels: the data of curves. 9 bytes per flow. */
export class ScoredFlows {
	#scores = new Float64Array(1024);
	#miners = new Uint8Array(1024);
	length = 0;

	add(score: number, isMiner: boolean): void {
		if (this.length === this.#scores.length) this.#grow();
		this.#scores[this.length] = score;
		this.#miners[this.length++] = isMiner ? 1 : 0;
	}

	/** Scores of the miners, or of the others, in descending order. */
	sorted(miners: boolean): Float64Array {
		const wanted = miners ? 1 : 0;
		const chosen = new Float64Array(this.length);
		let count = 0;
		for (let k = 0; k < this.length; k++) if (this.#miners[k] === wanted) chosen[count++] = this.#scores[k]!;
		return chosen.subarray(0, count).sort().reverse();
	}

	/** Each score, and whether its flow is a miner. */
	forEach(visit: (score: number, isMiner: boolean) => void): void {
		for (let k = 0; k < this.length; k++) visit(this.#scores[k]!, this.#miners[k] === 1);
	}

	#grow(): void {
		const scores = new Float64Array(2 * this.#scores.length);
		const miners = new Uint8Array(2 * this.#miners.length);
		scores.set(this.#scores);
		miners.set(this.#miners);
		this.#scores = scores;
		this.#miners = miners;
	}
}
