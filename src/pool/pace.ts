/** The rate at which foreign servers are probed. */
export interface PaceOptions {
	/** Connections at a time. */
	readonly connections: number;
	/** Connections started per second. */
	readonly perSecond: number;
	/** Milliseconds between two connections to one address; never two at a time. */
	readonly perAddressGap: number;
}

export const DEFAULT_PACE: PaceOptions = { connections: 50, perSecond: 50, perAddressGap: 1000 };

/**
 * Runs jobs that are grouped by address: groups in parallel, the jobs of one address one after another. Each job
 * receives `turn` and awaits it before every connection; false means that the work was interrupted.
 */
export async function paced<Job>(
	groups: readonly (readonly Job[])[],
	options: PaceOptions,
	work: (job: Job, turn: () => Promise<boolean>) => Promise<void>,
	signal?: AbortSignal,
): Promise<void> {
	const rate = new Spacing(1000 / options.perSecond);
	let next = 0;
	const worker = async (): Promise<void> => {
		while (next < groups.length && signal?.aborted !== true) {
			const group = groups[next++]!;
			const gap = new Spacing(options.perAddressGap);
			const turn = async (): Promise<boolean> => {
				await gap.turn(signal);
				await rate.turn(signal);
				gap.restart();
				return signal?.aborted !== true;
			};
			for (const job of group) {
				if (signal?.aborted) return;
				await work(job, turn);
			}
		}
	};
	await Promise.all(Array.from({ length: Math.min(options.connections, groups.length) }, worker));
}

/** Turns that are at least `gap` ms apart. */
class Spacing {
	readonly #gap: number;
	#next = 0;

	constructor(gap: number) {
		this.#gap = gap;
	}

	async turn(signal?: AbortSignal): Promise<void> {
		const now = performance.now();
		const at = Math.max(now, this.#next);
		this.#next = at + this.#gap;
		if (at > now) await sleep(at - now, signal);
	}

	/** Restarts the gap now: the turn was taken later than it was granted. */
	restart(): void {
		this.#next = performance.now() + this.#gap;
	}
}

function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const done = (): void => {
			clearTimeout(timer);
			signal?.removeEventListener("abort", done);
			resolve();
		};
		const timer = setTimeout(done, milliseconds);
		signal?.addEventListener("abort", done);
		if (signal?.aborted) done();
	});
}

/** The same elements in random order (Fisher and Yates). */
export function shuffled<T>(elements: readonly T[], random: () => number = Math.random): T[] {
	const result = [...elements];
	for (let i = result.length - 1; i > 0; i--) {
		const k = Math.floor(random() * (i + 1));
		[result[i], result[k]] = [result[k]!, result[i]!];
	}
	return result;
}
