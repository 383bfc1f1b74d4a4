import type { Script } from "../dialogue.ts";
import { logUniform, size } from "../path.ts";
import { introduction } from "./request-reply.ts";

// Distributed tasks and submitted results: mining is similar, except for the sizes of results.

/**
 * A worker of a queue (builds, crawlers, encoders): pushed tasks, results of all sizes soon after, each with a short
 * confirmation.
 */
export const jobQueue: Script = (dialogue) => {
	const { random } = dialogue;
	const at = introduction(dialogue, 3);
	const task = size(random, 80, 1300);
	const [taskVaries, resultVaries] = [random.pick([0, 0.02, 0.2]), random.uniform(0.15, 1.2)];
	const result = size(random, 60, 1200);
	const receipt = size(random, 5, 120);
	const takes = logUniform(random, 0.6, 20);
	for (const when of dialogue.poisson(at, logUniform(random, 2, 60))) {
		dialogue.push(when, dialogue.around(task, taskVaries), random.chance(0.2) ? receipt : undefined);
		if (random.chance(0.95))
			dialogue.call(when + random.exponential(takes), dialogue.around(result, resultVaries), [receipt]);
	}
	if (random.chance(0.6)) {
		const [ping, pong] = [size(random, 4, 90), size(random, 4, 90)];
		for (const when of dialogue.timer(at, random.pick([5, 10, 30, 60]))) dialogue.call(when, ping, [pong]);
	}
};

/** An agent of a monitoring system: uniform figures on a timer with short confirmations; rarely a new configuration. */
export const agent: Script = (dialogue) => {
	const { random } = dialogue;
	const at = introduction(dialogue, 3);
	const figures = size(random, 60, 900);
	const receipt = Math.max(4, Math.round(figures * random.uniform(0.08, 0.9)));
	const period = random.pick([5, 10, 15, 20, 30, 30, 60]);
	const slack = random.pick([0.002, 0.05, 0.3]);
	const varies = random.pick([0, 0, 0.003, 0.03]);
	for (const when of dialogue.timer(at, period, slack))
		dialogue.call(when, dialogue.around(figures, varies), [receipt], random.exponential(0.02));
	if (random.chance(0.5)) {
		const configuration = size(random, 60, 1400);
		for (const when of dialogue.poisson(at, logUniform(random, 30, 300)))
			dialogue.push(when, dialogue.around(configuration, 0.2), random.chance(0.6) ? receipt : undefined);
	}
};
