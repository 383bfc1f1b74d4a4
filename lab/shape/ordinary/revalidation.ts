import type { Script } from "../dialogue.ts";
import { logUniform, size } from "../path.ts";
import { introduction } from "./request-reply.ts";

// Pages that are asked for what they have already: long questions, short and even answers, at the times of people.

/** Conditional requests over HTTP/1.1: headers and cookies there, `304 Not Modified` back, several at a time. */
export const revalidation: Script = (dialogue) => {
	const { random } = dialogue;
	let at = dialogue.call(dialogue.noise(), size(random, 200, 900), [size(random, 400, 20_000)]);
	for (let k = random.integer(0, 4); k > 0; k--)
		at = dialogue.call(at, size(random, 300, 700), [size(random, 300, 9000)]);
	const request = size(random, 250, 900);
	const names = random.pick([4, 12, 40]);
	const notModified = Math.round(request * random.uniform(0.25, 0.95));
	const changed = random.pick([0, 0, 0.05, 0.2]);
	for (const when of dialogue.poisson(at, logUniform(random, 1.5, 40))) {
		let asked = when;
		for (let k = random.pick([1, 1, 1, 2, 4, 8]); k > 0; k--) {
			const reply = random.chance(changed) ? size(random, 300, 20_000) : notModified + random.integer(0, 16);
			asked = dialogue.call(asked, request + random.integer(-names, names), [reply], random.exponential(0.02));
		}
	}
};

/** Compressed questions and answers that are about as long as each other (HTTP/2), and now and then news that nobody asked for. */
export const evenReplies: Script = (dialogue) => {
	const { random } = dialogue;
	const at = introduction(dialogue, 3);
	const request = size(random, 60, 500);
	const reply = Math.max(8, request + random.integer(-30, 30));
	const digits = random.pick([2, 8, 20]);
	const pace = logUniform(random, 2, 40);
	for (const when of dialogue.poisson(at, pace))
		dialogue.call(when, request, [reply + random.integer(-digits, digits)], random.exponential(0.05));
	const news = size(random, 80, 900);
	for (const when of dialogue.poisson(at, pace * logUniform(random, 1.5, 10)))
		dialogue.push(when, dialogue.around(news, random.pick([0, 0.03, 0.2])));
};
