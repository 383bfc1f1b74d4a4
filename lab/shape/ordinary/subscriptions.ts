import type { Dialogue, Script } from "../dialogue.ts";
import { logUniform, size } from "../path.ts";
import { introduction } from "./request-reply.ts";

// Services that push messages of one length, which nobody acknowledges: what comes nearest to work without shares.

/** A wallet at an Electrum server: headers and addresses subscribed one by one, a ping a minute, now and then a history. */
export const electrum: Script = (dialogue) => {
	const { random } = dialogue;
	let at = dialogue.call(0, random.integer(60, 130), [random.integer(50, 110)]);
	const header = random.integer(220, 330);
	at = dialogue.call(at, random.integer(55, 110), [header + random.integer(-50, 10)]);
	const address = random.integer(110, 160);
	const state = random.integer(40, 115);
	for (let k = random.pick([0, 1, 5, 20, 40]); k > 0; k--) {
		if (random.chance(0.3)) at = dialogue.call(at, address, [state]);
		else {
			dialogue.say(at, "client", address);
			dialogue.say(at + dialogue.trip(), "server", state);
			at += random.pick([0, 0.0005, 0.02]);
		}
	}
	at += dialogue.trip();
	sendNotices(dialogue, at, header, logUniform(random, 4, 200));
	if (random.chance(0.4)) sendNotices(dialogue, at, address + random.integer(10, 70), logUniform(random, 5, 100));
	const [ping, pong] = [random.integer(45, 75), random.integer(35, 55)];
	for (const when of dialogue.timer(at, random.pick([30, 60, 60, 60]))) dialogue.call(when, ping, [pong]);
	if (random.chance(0.4))
		for (const when of dialogue.poisson(at, logUniform(random, 5, 100)))
			dialogue.call(when, address, [size(random, 50, 6000)]);
};

/** A subscriber of a node (`newHeads` over WebSocket, an event stream over HTTP): a few words, then notices in slots or by chance. */
export const nodeSubscriber: Script = (dialogue) => {
	const { random } = dialogue;
	let at = dialogue.call(0, size(random, 90, 700), [size(random, 90, 420)]);
	for (let k = random.integer(0, 2); k > 0; k--)
		at = dialogue.call(at, random.integer(60, 140), [random.integer(50, 110)]);
	const notice = size(random, 120, 1900);
	const slot = random.pick([2, 3, 5, 6, 12, 12, 12, 15]);
	if (random.chance(0.5)) sendNotices(dialogue, at, notice, slot);
	else
		for (const when of dialogue.timer(at, slot, slot * random.pick([0.005, 0.05])))
			if (random.chance(0.95)) dialogue.push(when + random.exponential(0.4), dialogue.around(notice, 0.002));
	// Other topics of the same stream.
	for (let k = random.pick([0, 0, 1, 2]); k > 0; k--)
		sendNotices(dialogue, at, size(random, 80, 1200), slot * logUniform(random, 0.3, 8));
	heartbeat(dialogue, at, 0.6);
};

/** A subscriber at a broker or a store: deliveries by chance or by a timer, a ping of either end, nothing else. */
export const brokerSubscriber: Script = (dialogue) => {
	const { random } = dialogue;
	const at = introduction(dialogue, 4);
	sendNotices(dialogue, at, size(random, 30, 1400), logUniform(random, 1, 40));
	heartbeat(dialogue, at, 0.7);
	if (random.chance(0.3)) {
		const [call, answer] = [size(random, 20, 300), size(random, 4, 60)];
		for (const when of dialogue.timer(at, logUniform(random, 4, 60))) dialogue.call(when, call, [answer]);
	}
};

/** Devices of a home: events by chance, commands by chance with short answers, both small; a keep-alive of a few bytes. */
export const homeDevice: Script = (dialogue) => {
	const { random } = dialogue;
	let at = introduction(dialogue, 3);
	for (let k = random.integer(0, 3); k > 0; k--)
		at = dialogue.call(at, size(random, 60, 300), [size(random, 300, 6000)]);
	sendNotices(dialogue, at, size(random, 40, 350), logUniform(random, 3, 80));
	const command = size(random, 40, 450);
	const done = random.pick([random.integer(4, 60), size(random, 20, 200)]);
	const reads = random.chance(0.5) ? random.uniform(0.2, 0.8) : 0;
	const state = size(random, 80, 900);
	for (const when of dialogue.poisson(at, logUniform(random, 6, 90)))
		dialogue.call(when, command, [random.chance(reads) ? dialogue.around(state, 0.05) : done]);
	heartbeat(dialogue, at, 0.6);
};

/** Telecontrol: each end sends constant messages by a timer of its own and nobody answers; sometimes a command that is confirmed. */
export const twoTimers: Script = (dialogue) => {
	const { random } = dialogue;
	const at = introduction(dialogue, 1);
	for (const from of ["client", "server"] as const) {
		const length = size(random, 6, 500);
		const period = random.pick([0.5, 1, 2, 3, 5, 7, 10, 10, 11, 15, 20, 30, 60]);
		// Some draw each wait anew, up to twice the period, so that the ends of a line do not fall into step.
		const times = random.chance(0.4)
			? waits(dialogue, at, () => period * random.uniform(1, 2))
			: dialogue.timer(at, period, period * random.pick([0.0005, 0.005, 0.05]));
		for (const when of times) dialogue.say(when, from, length);
	}
	if (random.chance(0.3)) {
		const command = size(random, 10, 200);
		for (const when of dialogue.poisson(at, logUniform(random, 5, 60))) dialogue.call(when, command, [command]);
	}
};

function* waits(dialogue: Dialogue, begin: number, wait: () => number): Generator<number> {
	for (let at = begin + wait(); at < dialogue.seconds; at += wait()) yield at;
}

function sendNotices(dialogue: Dialogue, begin: number, length: number, pace: number): void {
	const { random } = dialogue;
	const varies = random.pick([0, 0, 0, 0.003, 0.02]);
	const times = random.chance(0.35) ? dialogue.timer(begin, pace, pace * 0.02) : dialogue.poisson(begin, pace);
	for (const when of times) dialogue.push(when, dialogue.around(length, varies));
}

function heartbeat(dialogue: Dialogue, begin: number, chance: number): void {
	const { random } = dialogue;
	if (!random.chance(chance)) return;
	const [ping, pong] = [random.integer(1, 40), random.integer(1, 40)];
	const byServer = random.chance(0.5);
	const answered = random.chance(0.85);
	for (const when of dialogue.timer(begin, random.pick([5, 10, 15, 20, 30, 60, 120]), 0.02)) {
		if (byServer) dialogue.push(when, ping, answered ? pong : undefined);
		else dialogue.call(when, ping, answered ? [pong] : []);
	}
}
