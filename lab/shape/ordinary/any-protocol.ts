import type { Script } from "../dialogue.ts";
import { logUniform, size } from "../path.ts";
import { introduction } from "./request-reply.ts";

/** Traits that mining never has, by the process that shows them. */
const IN_PUSHES = ["answered", "varied pushes", "bulk"] as const;
const IN_CALLS = ["varied calls", "timed calls", "long replies", "late replies"] as const;

/**
 * An invented protocol: up to four independent processes at random lengths and paces, mixed. Mining is one corner of
 * that space (constant pushes without answers, constant calls at random times with shorter, constant replies). A draw
 * in that corner is moved out of it by one trait, so that the model learns the possible traits.
 */
export const anyOrdinary: Script = (dialogue) => {
	const { random } = dialogue;
	const at = introduction(dialogue, 4);
	const near = random.chance(0.5);
	const broken = near ? random.pick([...IN_PUSHES, ...IN_CALLS]) : undefined;

	const push = size(random, 40, 1400);
	const answered = broken === "answered" || (!near && random.chance(0.6));
	const answer = size(random, 10, 250);
	const pushVaries =
		broken === "varied pushes"
			? random.uniform(0.1, 0.9)
			: random.pick(near ? [0, 0.003] : answered ? [0, 0.01, 0.1, 0.5] : [0.02, 0.1, 0.5]);
	// The distinguishing trait must be visible: its process is the faster one, or about as fast as the other.
	const isInCalls = IN_CALLS.some((trait) => trait === broken);
	const pushPace = logUniform(random, 1, 60);
	if (near || random.chance(0.6)) {
		const times = random.chance(near ? 0.3 : 0.5)
			? dialogue.timer(at, pushPace, pushPace * 0.02)
			: dialogue.poisson(at, pushPace);
		for (const when of times) {
			dialogue.push(when, dialogue.around(push, pushVaries), answered && random.chance(0.9) ? answer : undefined);
			if (broken === "bulk" && random.chance(0.3))
				for (let k = random.integer(1, 6); k > 0; k--) dialogue.push(when + 0.01 * k, size(random, 1400, 9000));
		}
	}
	const call = size(random, 30, 900);
	const long = broken === "long replies" || (!near && random.chance(0.6));
	const reply = Math.max(4, Math.round(call * (long ? logUniform(random, 1, 12) : random.uniform(0.1, 0.9))));
	const pace = isInCalls ? Math.max(0.6, pushPace * logUniform(random, 0.2, 1.2)) : logUniform(random, 1, 60);
	const timed = near ? broken === "timed calls" : random.chance(0.4);
	const callVaries =
		broken === "varied calls"
			? random.uniform(0.1, 0.7)
			: near
				? random.pick([0, 0.003])
				: long || timed
					? random.pick([0, 0, 0.01, 0.1, 0.4])
					: random.uniform(0.04, 0.5);
	const replyVaries = long ? random.pick([0, 0.05, 0.4]) : callVaries;
	const late = broken === "late replies" ? logUniform(random, 0.6, 8) : random.pick([0, 0.01, 0.1]);
	for (const when of timed ? dialogue.timer(at, pace, pace * 0.01) : dialogue.poisson(at, pace)) {
		const thinking = late * random.uniform(0.8, 1.6);
		dialogue.call(when, dialogue.around(call, callVaries), [dialogue.around(reply, replyVaries)], thinking);
	}
	if (!near && random.chance(0.4))
		for (const when of dialogue.poisson(at, logUniform(random, 3, 60)))
			dialogue.call(when, dialogue.around(200, 0.8), [dialogue.around(600, 1.2)]);
	if (!near && random.chance(0.3))
		for (const when of dialogue.timer(at, logUniform(random, 5, 60)))
			dialogue.call(when, size(random, 2, 90), [size(random, 2, 90)]);
};
