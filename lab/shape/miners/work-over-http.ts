import type { Dialogue, Script } from "../dialogue.ts";
import { logUniform, size } from "../path.ts";
import { sayShares } from "./work.ts";

// Work that is requested, not pushed: HTTP headers around every message, no unsolicited messages. HTTP/1.1 has one
// request at a time.

/** The size of the headers each way; constant within a connection. */
function headers({ random }: Dialogue): { readonly ask: number; readonly reply: number } {
	return { ask: random.integer(90, 330), reply: random.integer(60, 260) };
}

/** getwork (Bitcoin's first protocol, still used by solo nodes): polled on a timer, shares by the same method. */
export const getWork: Script = (dialogue) => {
	const { random } = dialogue;
	const { ask, reply } = headers(dialogue);
	const question = ask + random.integer(40, 90);
	const job = reply + random.integer(220, 700);
	const at = dialogue.call(0, question, [job]);
	for (const when of dialogue.timer(at, logUniform(random, 1.5, 60), 0.05))
		dialogue.call(when, question, [job + random.integer(-1, 1)]);
	sayShares(dialogue, at, {
		share: ask + random.integer(110, 420),
		reply: reply + random.integer(36, 60),
		jitter: random.pick([0, 1]),
	});
};

/**
 * getblocktemplate (BIP 22 and 23): the answer contains the block's transactions, so lengths differ. Polled, or by long
 * polling: the answer is delayed until there is a new block or enough new fees.
 */
export const getBlockTemplate: Script = (dialogue) => {
	const { random } = dialogue;
	const { ask, reply } = headers(dialogue);
	const question = ask + random.integer(60, 220);
	const template = () => reply + 500 + random.integer(1, 12) * random.integer(300, 1400) * random.pick([1, 1, 10]);
	const thinking = random.pick([0.002, 0.01, 0.1]);
	let at = dialogue.call(0, question, [template()], thinking);
	const begin = at;
	if (random.chance(0.5)) {
		const patience = random.pick([30, 60, 90]);
		const pace = random.pick([15, 60, 120, 600]);
		while (at < dialogue.seconds) {
			at = dialogue.call(at, question + 70, [template()], Math.min(random.exponential(pace), patience));
			at += dialogue.noise();
		}
	} else {
		for (const when of dialogue.timer(at, random.pick([2, 5, 5, 10, 20, 30, 60]), 0.1))
			dialogue.call(when, question, [template()], thinking);
	}
	if (random.chance(0.7)) {
		sayShares(dialogue, begin, {
			share: ask + size(random, 300, 2400),
			reply: reply + random.integer(20, 60),
			jitter: random.pick([0, 1]),
		});
	}
};

/**
 * XMRig at a node: the height is requested periodically, with constant answers, and a template after each new block.
 */
export const askNode: Script = (dialogue) => {
	const { random } = dialogue;
	const { ask, reply } = headers(dialogue);
	const height = reply + random.integer(50, 140);
	const question = ask + random.integer(150, 320);
	const template = reply + random.integer(900, 3800);
	const pace = random.pick([0.5, 1, 1, 1, 2, 5]);
	const blocks = random.pick([20, 60, 120, 120, 240]);
	let next = 0;
	for (let at = 0; at < dialogue.seconds; at += pace + dialogue.noise()) {
		at = dialogue.call(at, ask, [height]);
		if (at < next) continue;
		at = dialogue.call(at, question, [template + random.integer(-40, 40)], 0.01);
		next = at + random.exponential(blocks);
	}
};
