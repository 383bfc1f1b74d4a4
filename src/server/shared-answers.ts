interface Answer<T> {
	readonly at: number;
	readonly value: Promise<T>;
	isStale: boolean;
}

/** Ages in milliseconds: how long an answer serves while nothing changes, and while things change. */
export interface AnswerAges {
	readonly most: number;
	readonly mostAfterChange: number;
}

/** Answers to equal questions, shared among those who ask at about the same time. Bounded. */
export class SharedAnswers<T> {
	readonly #answers = new Map<string, Answer<T>>();
	readonly #ages: AnswerAges;
	readonly #now: () => number;
	readonly #most: number;

	constructor(ages: AnswerAges, now: () => number, most = 100) {
		this.#ages = ages;
		this.#now = now;
		this.#most = most;
	}

	get(question: string, ask: () => Promise<T>): Promise<T> {
		const known = this.#answers.get(question);
		const now = this.#now();
		if (known) {
			const age = now - known.at;
			if (age >= 0 && age < (known.isStale ? this.#ages.mostAfterChange : this.#ages.most)) return known.value;
		}
		const answer: Answer<T> = { at: now, value: ask(), isStale: false };
		this.#answers.delete(question);
		this.#answers.set(question, answer);
		if (this.#answers.size > this.#most) this.#answers.delete(this.#answers.keys().next().value!);
		answer.value.catch(() => {
			if (this.#answers.get(question) === answer) this.#answers.delete(question);
		});
		return answer.value;
	}

	/** Something changed: answers serve only a little longer. */
	change(): void {
		for (const answer of this.#answers.values()) answer.isStale = true;
	}
}
