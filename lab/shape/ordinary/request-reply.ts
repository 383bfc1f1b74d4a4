import type { Dialogue, Script } from "../dialogue.ts";
import { logUniform, size } from "../path.ts";

// The client requests, the server answers: most regular traffic is of this kind.

/** A few round trips at the start: names, versions, logins. Returns when they are complete. */
export function introduction(dialogue: Dialogue, most = 4): number {
	const { random } = dialogue;
	let at = dialogue.noise();
	for (let k = random.integer(0, most); k > 0; k--) {
		const replies = Array.from({ length: random.integer(1, 2) }, () => dialogue.around(250, 1));
		at = dialogue.call(at, dialogue.around(150, 0.8), replies);
	}
	return at;
}

const thinking = (dialogue: Dialogue) => dialogue.random.exponential(dialogue.random.pick([0.001, 0.02, 0.1, 0.4]));

/** Polling on a timer: telemetry, IoT clouds, health checks, metrics, HTTP APIs. */
export const polling: Script = (dialogue) => {
	const { random } = dialogue;
	const at = introduction(dialogue);
	const period = random.pick([1, 2, 5, 5, 10, 10, 15, 20, 30, 60, logUniform(random, 1, 60)]);
	const [request, reply] = [size(random, 30, 1400), size(random, 20, 4000)];
	const [requestVaries, replyVaries] = [random.pick([0, 0, 0, 0.01, 0.2]), random.pick([0, 0, 0.01, 0.1, 0.6])];
	for (const when of dialogue.timer(at, period, period * random.pick([0.001, 0.02, 0.1]))) {
		dialogue.call(
			when,
			dialogue.around(request, requestVaries),
			[dialogue.around(reply, replyVaries)],
			thinking(dialogue),
		);
	}
	if (random.chance(0.15)) {
		const word = random.pick([reply, size(random, 20, 1500)]);
		for (const when of dialogue.poisson(at, logUniform(random, 10, 200))) dialogue.push(when, word);
	}
	// Traffic outside the timer: an uploaded file, a requested page, while the polls continue.
	if (random.chance(0.2)) {
		const [more, answer] = [size(random, 40, 20_000), size(random, 20, 2000)];
		for (const when of dialogue.poisson(at, logUniform(random, 4, 90)))
			dialogue.call(when, dialogue.around(more, 0.1), [dialogue.around(answer, 0.1)], thinking(dialogue));
	}
};

/**
 * Parts of a web application on one connection (HTTP/2), each with the same request on its own timer; sometimes news or
 * a ping.
 */
export const portal: Script = (dialogue) => {
	const { random } = dialogue;
	const at = introduction(dialogue);
	// Compressed headers make requests equally long.
	const ask = size(random, 40, 600);
	const nothing = random.chance(0.3) ? Math.round(ask * random.uniform(0.7, 1.2)) : size(random, 50, 700);
	const news = random.pick([0, 0.1, 0.2, 0.4]);
	const digits = random.pick([0, 4, 8]);
	const holds = random.chance(0.3) ? 0.1 : 0;
	for (let parts = random.integer(2, 8); parts > 0; parts--) {
		const period = random.pick([15, 30, 60, 60, 60, 120, 120, 240, 300]);
		for (const when of dialogue.timer(at, period, period * random.pick([0.001, 0.005]))) {
			const more = random.chance(news) ? size(random, 8, 500) : random.integer(0, digits);
			const delay = random.chance(holds) ? random.uniform(1, 40) : thinking(dialogue);
			dialogue.call(when, ask, [nothing + more], delay);
		}
	}
	// Unsolicited news, as long as requested news.
	if (random.chance(0.4))
		for (const when of dialogue.poisson(at, logUniform(random, 40, 400)))
			dialogue.push(when, nothing + size(random, 8, 500));
	// Servers that ping on one or two timers; only the transport acknowledges the pings.
	if (random.chance(0.4)) {
		const ping = size(random, 20, 90);
		for (let timers = random.integer(1, 2); timers > 0; timers--)
			for (const when of dialogue.timer(at, random.pick([10, 15, 20, 25, 25, 30, 45]), random.pick([0.01, 0.3, 2])))
				dialogue.push(when, ping);
	}
};

/** A few kinds of requests at the pace of people or events, each of constant size with a constant answer. */
export const irregularRequests: Script = (dialogue) => {
	const { random } = dialogue;
	const at = introduction(dialogue);
	const kinds = Array.from({ length: random.pick([1, 1, 1, 2, 2, 3, 6]) }, () => {
		const request = size(random, 25, 1100);
		// Binary and padded protocols have answers about as long as the request; others have longer ones.
		const reply = Math.round(request * (random.chance(0.3) ? random.uniform(0.7, 1.2) : logUniform(random, 0.75, 8)));
		return { request, replies: random.chance(0.2) ? [reply, size(random, 20, 500)] : [reply] };
	});
	const varies = random.pick([0, 0, 0, 0.005, 0.03, 0.15]);
	for (const when of dialogue.poisson(at, logUniform(random, 0.8, 50))) {
		const { request, replies } = random.pick(kinds);
		dialogue.call(
			when,
			dialogue.around(request, varies),
			replies.map((reply) => dialogue.around(reply, varies)),
			thinking(dialogue),
		);
	}
	// Some servers end each exchange with a message of their own, or ping sometimes.
	if (random.chance(0.25)) {
		const [ping, pong] = [size(random, 2, 80), size(random, 2, 80)];
		for (const when of dialogue.timer(at, logUniform(random, 8, 60))) dialogue.push(when, ping, pong);
	}
};

/** Reports that the server only acknowledges: logging, metrics, crash reports, MQTT publishers, syslog over TLS. */
export const reporting: Script = (dialogue) => {
	const { random } = dialogue;
	const at = introduction(dialogue);
	const report = size(random, 60, 3000);
	const receipt = random.chance(0.75) ? size(random, 2, 250) : undefined;
	const period = logUniform(random, 0.8, 60);
	// Reports on a timer may be uniform; reports of events contain descriptions.
	const timed = random.chance(0.6);
	const varies = timed ? random.pick([0, 0, 0.005, 0.03, 0.3]) : random.uniform(0.02, 0.6);
	const times = timed ? dialogue.timer(at, period, period * random.pick([0.001, 0.05])) : dialogue.poisson(at, period);
	for (const when of times) {
		dialogue.call(when, dialogue.around(report, varies), receipt === undefined ? [] : [receipt], thinking(dialogue));
	}
	if (random.chance(0.5))
		for (const when of dialogue.timer(at, random.pick([15, 30, 60, 120])))
			dialogue.call(when, size(random, 2, 60), [size(random, 2, 60)]);
	if (random.chance(0.3)) {
		const command = size(random, 30, 500);
		for (const when of dialogue.poisson(at, logUniform(random, 20, 200)))
			dialogue.push(when, dialogue.around(command, 0.3), random.chance(0.8) ? size(random, 10, 150) : undefined);
	}
};

/** Database pools: batches of the same statements, keep-alive queries in between. */
export const database: Script = (dialogue) => {
	const { random } = dialogue;
	let at = introduction(dialogue);
	const statements = Array.from({ length: random.integer(1, 7) }, () => ({
		query: dialogue.around(120, 0.6),
		rows: dialogue.around(250, 1.1),
	}));
	const validates = random.chance(0.5) ? ([size(random, 5, 60), size(random, 11, 110)] as const) : undefined;
	while (at < dialogue.seconds) {
		if (validates) at = dialogue.call(at, validates[0], [validates[1]], thinking(dialogue));
		for (const { query, rows } of statements) {
			if (random.chance(0.8))
				at = dialogue.call(at, query, [dialogue.around(rows, 0.1)], thinking(dialogue)) + dialogue.noise();
		}
		at += logUniform(random, 0.3, 55);
	}
};

/** A request that is delayed until there is news, then repeated: long polling, comet, chat and mail push over HTTP. */
export const longPolling: Script = (dialogue) => {
	const { random } = dialogue;
	let at = introduction(dialogue);
	const ask = size(random, 60, 900);
	const [nothing, news] = [size(random, 40, 400), size(random, 120, 2500)];
	const patience = random.pick([10, 20, 25, 30, 55, 60]);
	const pace = logUniform(random, 5, 200);
	while (at < dialogue.seconds) {
		const wait = random.exponential(pace);
		at = dialogue.call(
			at,
			dialogue.around(ask, random.pick([0, 0, 0.02])),
			wait < patience ? [dialogue.around(news, 0.5)] : [nothing],
			Math.min(wait, patience),
		);
		at += dialogue.noise() + random.pick([0, 0.01, 0.3]);
	}
};

/** File servers: runs of short calls and retries, an idle ping in between (SMB, NFS, 9P). */
export const fileServer: Script = (dialogue) => {
	const { random } = dialogue;
	let at = introduction(dialogue);
	const kinds = Array.from(
		{ length: random.integer(1, 4) },
		() => [size(random, 76, 260), size(random, 72, 400)] as const,
	);
	while (at < dialogue.seconds) {
		for (let k = random.integer(1, 10); k > 0; k--) {
			const [request, reply] = random.pick(kinds);
			at =
				dialogue.call(at, request + random.pick([0, 0, 0, 2, 16, 40]), [reply], thinking(dialogue)) + dialogue.noise();
		}
		at += logUniform(random, 0.6, 62);
	}
};

/** A retry without progress: the same login is rejected repeatedly. */
export const retrying: Script = (dialogue) => {
	const { random } = dialogue;
	const steps = Array.from(
		{ length: random.integer(1, 3) },
		() => [size(random, 20, 500), size(random, 15, 500)] as const,
	);
	let wait = logUniform(random, 0.6, 20);
	const backs = random.pick([1, 1, 1, 1.5, 2]);
	for (let at = 0; at < dialogue.seconds; at += wait, wait = Math.min(60, wait * backs)) {
		for (const [request, reply] of steps) at = dialogue.call(at, request, [reply], thinking(dialogue));
	}
};

/** Pages and their parts, read with pauses. */
export const browsing: Script = (dialogue) => {
	const { random } = dialogue;
	const pause = random.pick([2, 8, 25]);
	for (let at = 0; at < dialogue.seconds; at += random.exponential(pause)) {
		for (let k = random.integer(1, 7); k > 0; k--)
			at =
				dialogue.call(at, dialogue.around(450, 0.5), [dialogue.around(4000, 1.4)], thinking(dialogue)) +
				dialogue.noise();
	}
};

/** Mail clients: idling with a refresh, fetching new mail (IMAP IDLE, RFC 2177; POP). */
export const mail: Script = (dialogue) => {
	const { random } = dialogue;
	let at = dialogue.noise();
	dialogue.push(at, size(random, 40, 140));
	for (let k = random.integer(3, 7); k > 0; k--)
		at = dialogue.call(at + dialogue.noise(), random.integer(8, 60), [dialogue.around(110, 0.8)], thinking(dialogue));
	for (const when of dialogue.timer(at, random.pick([15, 29, 60, 120]))) {
		dialogue.call(when, random.integer(6, 14), [random.integer(15, 50)]);
		if (random.chance(0.8)) dialogue.call(when + 0.6, random.integer(8, 14), [random.integer(10, 30)]);
	}
	for (const when of dialogue.poisson(at, logUniform(random, 20, 300))) {
		dialogue.push(when, random.integer(14, 40));
		if (random.chance(0.7))
			dialogue.call(when + dialogue.trip() + 0.05, random.integer(20, 90), [dialogue.around(900, 1)]);
	}
};

/** Bulk with pauses: video segments, backups, updates, artefacts. */
export const bulk: Script = (dialogue) => {
	const { random } = dialogue;
	const upward = random.chance(0.3);
	const pause = logUniform(random, 0.5, 20);
	for (let at = introduction(dialogue, 2); at < dialogue.seconds; at += random.exponential(pause)) {
		if (upward)
			for (let k = random.integer(1, 6); k > 0; k--)
				at = dialogue.call(at, dialogue.around(9000, 0.8), [random.integer(20, 120)]);
		else
			at = dialogue.call(
				at,
				dialogue.around(500, 0.3),
				Array.from({ length: random.integer(1, 12) }, () => dialogue.around(9000, 0.8)),
			);
	}
};

/**
 * A short visit: handshake or introduction, one to six exchanges within seconds, the end. Most connections look like
 * this.
 */
export const visit: Script = (dialogue) => {
	const { random } = dialogue;
	let at = introduction(dialogue, 2);
	for (let k = random.integer(1, 6); k > 0; k--) {
		const replies = Array.from({ length: random.pick([0, 1, 1, 1, 2, 3]) }, () =>
			dialogue.around(size(random, 20, 3000), 0.5),
		);
		at =
			dialogue.call(at, size(random, 20, 1300), replies, thinking(dialogue)) +
			random.pick([0, dialogue.noise(), logUniform(random, 0.1, 8), logUniform(random, 1, 60)]);
	}
	// Goodbyes: close_notify, GOAWAY, QUIT.
	if (random.chance(0.4))
		dialogue.push(
			at + logUniform(random, 0.1, 60),
			size(random, 2, 110),
			random.chance(0.4) ? size(random, 2, 110) : undefined,
		);
};
