import type { Dialogue } from "../dialogue.ts";
import { logUniform } from "../path.ts";

/** Times at which a pool sends work, in seconds since `begin`. */
export function jobTimes(dialogue: Dialogue, begin: number): number[] {
	const { random } = dialogue;
	const blocks = random.pick([1, 13, 13, 60, 60, 75, 120, 120, 150, 600]);
	switch (random.pick(["poisson", "grid", "grid", "refresh", "refresh", "timer", "timer", "slow"] as const)) {
		case "poisson":
			// A new template whenever fees or uncles make it profitable.
			return [...dialogue.poisson(begin, logUniform(random, 1.5, 40))];
		case "grid": {
			// The pool polls its node on a fixed grid and forwards changes.
			const step = random.pick([0.5, 1, 1, 2, 2, 5]);
			const changes = random.uniform(0.15, 1);
			return [...dialogue.timer(begin, step, 0.03)]
				.filter(() => random.chance(changes))
				.concat([...dialogue.poisson(begin, blocks)])
				.sort((a, b) => a - b);
		}
		case "refresh": {
			// A job with every block, and again after a period without one.
			const after = random.pick([10, 20, 30, 30, 45, 55, 60]);
			const times: number[] = [];
			for (let at = begin; at < dialogue.seconds; ) {
				at += Math.min(random.exponential(blocks), after + random.exponential(0.05));
				times.push(at);
			}
			return times;
		}
		case "timer": {
			const period = logUniform(random, 5, 60);
			return [...dialogue.timer(begin, period, period * random.pick([0.001, 0.02, 0.1]))]
				.concat([...dialogue.poisson(begin, blocks)])
				.sort((a, b) => a - b);
		}
		case "slow":
			return [...dialogue.poisson(begin, logUniform(random, 40, 200))];
	}
}

/** Sizes of shares on the wire, in bytes of the protocol's own framing. */
export interface ShareShape {
	readonly share: number;
	readonly reply: number;
	/** Additional full segments, for proofs that are sent completely. */
	readonly jitter: number;
	/** A message that follows some shares: a new difficulty, a new job. */
	readonly after?: { readonly length: () => number; readonly chance: number };
}

/**
 * Shares: a Poisson process whose rate the pool controls (variable difficulty), of one worker or of many behind a
 * proxy; with some rejects and pauses, sometimes without any share.
 */
export function sayShares(dialogue: Dialogue, begin: number, shape: ShareShape): void {
	const { random } = dialogue;
	if (random.chance(dialogue.seconds < 120 ? 0.4 : 0.08)) return;
	if (random.chance(0.12)) {
		// Difficulty so low that every job yields a share at once: test networks, a CPU at a low difficulty.
		const pace = logUniform(random, 0.003, 0.6);
		for (const at of dialogue.pushes().filter((when) => when > begin)) {
			if (random.chance(0.9))
				dialogue.call(at + dialogue.trip() / 2 + random.exponential(pace), shape.share, [shape.reply]);
		}
		return;
	}
	const workers = random.chance(0.22) ? Math.round(logUniform(random, 2, 70)) : 1;
	// One card at a controlled difficulty pauses between shares; many behind a proxy do not.
	const shortest = workers > 1 ? 0.05 : 0.7;
	const names = random.pick([2, 12, 60]);
	const lengths = Array.from(
		{ length: workers },
		() => shape.share + (workers > 1 ? random.integer(-names, names) : 0),
	);
	const rejected = random.chance(0.35) ? random.uniform(0, 0.1) : 0;
	const target = logUniform(random, 3, 60);
	const steered = random.chance(0.5);
	const checking = random.pick([0, 0.001, 0.01, 0.05]);
	// A CPU, router or camera at a difficulty for graphics cards finds one share in ten minutes.
	let interval = Math.max(shortest, logUniform(random, 1.5, workers > 20 ? 60 : 600) / workers);
	let number = 0;
	for (let at = begin + random.exponential(interval); at < dialogue.seconds; at += random.exponential(interval)) {
		number++;
		const share = random.pick(lengths) + random.integer(-shape.jitter, shape.jitter) + (number < 10 ? 0 : 1);
		const reply = shape.reply + (random.chance(rejected) ? random.integer(15, 70) : 0) + (number < 10 ? 0 : 1);
		const answered = dialogue.call(at, share, [reply], checking * random.next());
		if (shape.after && random.chance(shape.after.chance)) {
			dialogue.push(answered - dialogue.trip() / 2, shape.after.length());
		}
		if (steered && number % 8 === 0) interval += (Math.max(shortest, target / workers) - interval) * 0.5;
		if (random.chance(0.004)) at += logUniform(random, 20, 200);
	}
}
