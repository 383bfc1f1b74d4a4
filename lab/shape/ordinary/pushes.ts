import type { Script } from "../dialogue.ts";
import { logUniform, size } from "../path.ts";
import { introduction } from "./request-reply.ts";

// The server sends unsolicited messages: mining shares this with feeds, games, chats and notifications.

/** MQTT (OASIS 3.1.1): publishing, subscribed messages, two-byte pings. */
export const mqtt: Script = (dialogue) => {
	const { random } = dialogue;
	const at = dialogue.call(0, size(random, 30, 250), [4]);
	if (random.chance(0.7)) dialogue.call(at, size(random, 15, 120), [5]);
	const quality = random.pick([0, 0, 1, 2]);
	const topic = size(random, 25, 700);
	const varies = random.pick([0, 0, 0.01, 0.2]);
	if (random.chance(0.75)) {
		const period = logUniform(random, 1, 60);
		for (const when of random.chance(0.6) ? dialogue.timer(at, period, 0.05) : dialogue.poisson(at, period)) {
			const answered = dialogue.call(when, dialogue.around(topic, varies), quality > 0 ? [4] : []);
			if (quality === 2) dialogue.call(answered, 4, [4]);
		}
	}
	if (random.chance(0.6)) {
		const command = size(random, 25, 500);
		const confirms = random.chance(0.4);
		const varies = random.pick(confirms ? [0, 0.02, 0.4] : [0.03, 0.4]);
		for (const when of dialogue.poisson(at, logUniform(random, 3, 150)))
			dialogue.push(when, dialogue.around(command, varies), confirms ? 4 : undefined);
	}
	for (const when of dialogue.timer(at, random.pick([10, 15, 30, 50, 60]))) dialogue.call(when, 2, [2]);
};

/** XMPP, IRC, chat protocols and derived messengers: presence, lines of people, pings of either end. */
export const chat: Script = (dialogue) => {
	const { random } = dialogue;
	const at = introduction(dialogue, 6);
	const spread = random.uniform(0.25, 1);
	const receipts = random.chance(0.6) ? ([size(random, 8, 160), size(random, 8, 160)] as const) : undefined;
	for (const when of dialogue.poisson(at, logUniform(random, 2, 120))) {
		dialogue.call(when, dialogue.around(size(random, 40, 500), spread), receipts ? [receipts[0]] : []);
	}
	for (const when of dialogue.poisson(at, logUniform(random, 1, 90))) {
		dialogue.push(
			when,
			dialogue.around(size(random, 40, 500), spread),
			receipts && random.chance(0.7) ? receipts[1] : undefined,
		);
	}
	// A blank during silences, as in XMPP (RFC 6120, 4.6.1), is not answered.
	const [ping, pong] = [random.chance(0.3) ? 1 : size(random, 1, 90), size(random, 1, 90)];
	const answered = random.chance(ping < 4 ? 0.3 : 0.85);
	const byServer = random.chance(0.4);
	for (const when of dialogue.timer(at, random.pick([15, 30, 45, 60, 90]))) {
		if (byServer) dialogue.push(when, ping, pong);
		else dialogue.call(when, ping, answered ? [pong] : []);
	}
};

/**
 * A subscriber of a blockchain's node, or of any periodic source: announcements are as uniform as jobs. The difference
 * is the server's ping, equally frequent, which the client answers.
 */
export const announcements: Script = (dialogue) => {
	const { random } = dialogue;
	let at = dialogue.call(0, size(random, 120, 700), [size(random, 100, 420)]);
	for (let k = random.integer(1, 3); k > 0; k--) at = dialogue.call(at, size(random, 50, 250), [size(random, 30, 160)]);
	const note = size(random, 90, 1800);
	const varies = random.pick([0, 0, 0.002, 0.01]);
	const pace = random.pick([5, 10, 12, 12, 15, 30]);
	for (const when of random.chance(0.6) ? dialogue.timer(at, pace, pace * 0.03) : dialogue.poisson(at, pace))
		dialogue.push(when, dialogue.around(note, varies));
	const [ping, pong] = [random.integer(2, 40), random.integer(2, 40)];
	for (const when of dialogue.timer(at, pace * random.uniform(0.4, 1.3), 0.02)) dialogue.push(when, ping, pong);
};

/** Notifications (push services, calendars, home automation): silence, a heartbeat, now and then a message. */
export const notifications: Script = (dialogue) => {
	const { random } = dialogue;
	const at = introduction(dialogue, 3);
	const beat = random.pick([5, 10, 15, 28, 30, 45, 55, 60, 64]);
	const [ping, pong] = [size(random, 1, 120), size(random, 1, 120)];
	const byServer = random.chance(0.5);
	const slack = random.pick([0.005, 0.05, 0.5]);
	for (const when of dialogue.timer(at, beat, slack)) {
		if (byServer) dialogue.push(when, ping, pong);
		else dialogue.call(when, ping, [pong]);
	}
	const message = size(random, 50, 1500);
	const receipt = random.chance(0.8) ? size(random, 5, 140) : undefined;
	for (const when of dialogue.poisson(at, logUniform(random, 5, 250)))
		dialogue.push(when, dialogue.around(message, random.pick([0.02, 0.3, 0.9])), receipt);
};

/**
 * A server that pushes messages of few constant sizes, each acknowledged by the client: job queues, remote sensors,
 * signalling.
 */
export const answeredPushes: Script = (dialogue) => {
	const { random } = dialogue;
	const at = introduction(dialogue, 3);
	// One length and one answer at random times resembles shares in the reverse direction; random ones differ in
	// length.
	const timed = random.chance(0.5);
	const lengths = Array.from({ length: timed ? random.integer(1, 3) : random.integer(2, 4) }, () =>
		size(random, 30, 1100),
	);
	const answer = size(random, 4, 300);
	const varies = random.pick([0, 0, 0.005, 0.1]);
	const pace = logUniform(random, 0.8, 55);
	const times = timed ? dialogue.timer(at, pace, pace * random.pick([0.001, 0.05])) : dialogue.poisson(at, pace);
	for (const when of times)
		dialogue.push(
			when,
			dialogue.around(random.pick(lengths), varies),
			dialogue.around(answer, random.pick([0, varies])),
		);
	if (random.chance(0.3))
		for (const when of dialogue.poisson(at, logUniform(random, 10, 100)))
			dialogue.call(when, size(random, 30, 400), [size(random, 30, 900)]);
};

/** Market data, scores, positions: many pushes a minute, subscriptions at the start, a heartbeat up. */
export const feed: Script = (dialogue) => {
	const { random } = dialogue;
	const at = introduction(dialogue, 3);
	const pace = logUniform(random, 0.15, 12);
	const length = size(random, 40, 1300);
	const varies = random.pick([0.02, 0.05, 0.1, 0.3, 0.8]);
	const times = random.chance(0.45)
		? dialogue.timer(at, pace, pace * random.pick([0.001, 0.02]))
		: dialogue.poisson(at, pace);
	for (const when of times) dialogue.push(when, dialogue.around(length, varies));
	const [ping, pong] = [size(random, 2, 80), size(random, 2, 80)];
	const answered = random.chance(0.7);
	for (const when of dialogue.timer(at, random.pick([5, 10, 15, 20, 30, 60]))) {
		if (random.chance(0.5)) dialogue.call(when, ping, answered ? [pong] : []);
		else dialogue.push(when, ping, pong);
	}
};

/** JSON-RPC over WebSocket: subscriptions that notify, calls with long answers (chain nodes, dashboards, language servers). */
export const rpcSocket: Script = (dialogue) => {
	const { random } = dialogue;
	let at = dialogue.call(0, size(random, 250, 800), [size(random, 129, 400)]);
	for (let k = random.integer(1, 4); k > 0; k--) at = dialogue.call(at, size(random, 60, 250), [size(random, 40, 120)]);
	const note = size(random, 90, 2500);
	// New heads of a chain are as uniform as its jobs; the difference is the surrounding traffic: pings, requests with
	// long answers.
	const noteVaries = random.pick([0, 0.002, 0.03, 0.1, 0.3, 0.8]);
	const pace = random.pick([12, logUniform(random, 1, 30)]);
	for (const when of random.chance(0.3) ? dialogue.timer(at, pace, pace * 0.05) : dialogue.poisson(at, pace))
		dialogue.push(when, dialogue.around(note, noteVaries));
	const asks = random.chance(0.6);
	if (!asks || random.chance(0.5)) {
		const [ping, pong] = [random.integer(2, 14), random.integer(6, 14)];
		const byServer = random.chance(0.6);
		for (const when of dialogue.timer(at, random.pick([10, 15, 20, 25, 30]))) {
			if (byServer) dialogue.push(when, ping, pong);
			else dialogue.call(when, pong, [ping]);
		}
	}
	if (!asks) return;
	const call = size(random, 60, 320);
	// Uniform notifications alone are not distinguishable; then requests must be frequent enough to be visible.
	const rarest = noteVaries < 0.01 ? Math.max(3, 1.5 * pace) : 60;
	for (const when of dialogue.poisson(at, logUniform(random, 2, rarest))) {
		const reply = dialogue.around(Math.round(call * logUniform(random, 0.7, 20)), 0.4);
		dialogue.call(when, dialogue.around(call, random.pick([0.01, 0.2])), [reply], random.exponential(0.02));
	}
};

/** Games and meetings over TCP: state at a steady rate both ways, sometimes only when something happens. */
export const game: Script = (dialogue) => {
	const { random } = dialogue;
	const at = introduction(dialogue, 5);
	const pace = logUniform(random, 0.05, 6);
	const varies = random.uniform(0.05, 0.7);
	const [state, action] = [size(random, 20, 600), size(random, 10, 160)];
	for (const when of random.chance(0.5) ? dialogue.timer(at, pace, 0.005) : dialogue.poisson(at, pace))
		dialogue.push(when, dialogue.around(state, varies));
	for (const when of dialogue.poisson(at, pace * logUniform(random, 0.5, 8)))
		dialogue.call(
			when,
			dialogue.around(action, varies * 0.5),
			random.chance(0.3) ? [dialogue.around(action, 0.2)] : [],
		);
};

/** Peers that gossip: messages of a few sizes from either end, announcements, requests in both directions. */
export const peers: Script = (dialogue) => {
	const { random } = dialogue;
	const at = introduction(dialogue, 4);
	const sizes = Array.from({ length: random.integer(2, 9) }, () => size(random, 17, 1400));
	const pace = logUniform(random, 0.2, 20);
	for (const when of dialogue.poisson(at, pace)) {
		const length = random.pick(sizes);
		if (random.chance(0.5)) dialogue.call(when, length, random.chance(0.4) ? [random.pick(sizes)] : []);
		else dialogue.push(when, length, random.chance(0.4) ? random.pick(sizes) : undefined);
	}
	const keepAlive = size(random, 4, 60);
	for (const when of dialogue.timer(at, random.pick([20, 30, 60, 120])))
		dialogue.say(when, random.pick(["client", "server"]), keepAlive);
};

/** Constant media: segments of one size at a fixed pace, with little in return (radio, cameras, screens). */
export const stream: Script = (dialogue) => {
	const { random } = dialogue;
	const at = introduction(dialogue, 3);
	const length = random.chance(0.5) ? dialogue.path.segment.server * random.integer(1, 3) : size(random, 700, 3000);
	const pace = logUniform(random, 0.05, 0.9);
	for (const when of dialogue.timer(at, pace, pace * random.pick([0.01, 0.3, 1])))
		dialogue.push(when, dialogue.around(length, random.pick([0, 0, 0.02])));
	if (random.chance(0.4))
		for (const when of dialogue.timer(at, logUniform(random, 5, 60)))
			dialogue.call(when, size(random, 10, 300), random.chance(0.5) ? [size(random, 10, 300)] : []);
};
