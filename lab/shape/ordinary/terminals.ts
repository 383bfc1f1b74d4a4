import type { Script } from "../dialogue.ts";
import { logUniform, size } from "../path.ts";
import { introduction } from "./request-reply.ts";

// Remote access by people and machines: shells, tunnels, desktops, control channels.

/** The opening of an SSH connection (RFC 4253): banners, key exchange, login. Returns when it is complete. */
function openShell(dialogue: Parameters<Script>[0]): number {
	const { random } = dialogue;
	let at = dialogue.call(0, random.integer(15, 45), [random.integer(15, 45)]);
	at = dialogue.call(at, random.integer(400, 1700), [random.integer(400, 1200)]);
	at = dialogue.call(at, random.pick([48, 280, 1200]), [random.pick([440, 280, 600, 1100])]);
	dialogue.say(at, "client", 16);
	at = dialogue.call(at + dialogue.noise(), random.pick([44, 52, 60]), [random.pick([44, 52, 60])]);
	return dialogue.call(at, random.integer(60, 90), [random.integer(44, 90)]);
}

/** Password guessing: logins with their pauses, then the end. */
export const shellLogins: Script = (dialogue) => {
	const { random } = dialogue;
	let at = openShell(dialogue);
	for (let k = random.integer(1, 12); k > 0; k--)
		at = dialogue.call(
			at + logUniform(random, 0.2, 6),
			random.pick([84, 100, 148, 152, 164]),
			[random.pick([52, 60, 84])],
			random.pick([0.01, 1, 2]),
		);
};

/** Typing: keystrokes and their echoes, a screen of output, thinking. */
export const typing: Script = (dialogue) => {
	const { random } = dialogue;
	const key = random.pick([36, 44, 48, 52, 64, 1, 3]);
	for (let at = openShell(dialogue); at < dialogue.seconds; at += random.exponential(random.pick([3, 20, 60]))) {
		for (let k = random.integer(1, 25); k > 0; k--)
			at =
				dialogue.call(at, key, [random.chance(0.9) ? key : key + 8 * random.integer(1, 12)]) +
				logUniform(random, 0.05, 0.6);
		for (let k = random.integer(0, 4); k > 0; k--) dialogue.push(at, dialogue.around(300, 1));
	}
};

/** An idle tunnel or VPN: keep-alives of one or both ends, some with answers, rare rekeying, little traffic inside. */
export const tunnel: Script = (dialogue) => {
	const { random } = dialogue;
	const at = random.chance(0.5) ? openShell(dialogue) : introduction(dialogue);
	const [ping, pong] = [size(random, 16, 150), size(random, 16, 150)];
	const period = random.pick([5, 10, 15, 20, 25, 30, 60]);
	const starter = random.pick(["client", "server", "both"] as const);
	if (starter !== "server")
		for (const when of dialogue.timer(at, period, 0.02)) dialogue.call(when, ping, random.chance(0.85) ? [pong] : []);
	if (starter !== "client")
		for (const when of dialogue.timer(at, period, 0.02))
			dialogue.push(when, ping, random.chance(0.85) ? pong : undefined);
	if (random.chance(0.6)) {
		for (const when of dialogue.poisson(at, logUniform(random, 3, 90))) {
			if (random.chance(0.5)) dialogue.call(when, dialogue.around(180, 0.9), [dialogue.around(300, 1.1)]);
			else dialogue.push(when, dialogue.around(220, 1), dialogue.around(90, 0.5));
		}
	}
};

/** Screens sent to clients: bursts of drawing after input, idle refreshes. */
export const remoteDesktop: Script = (dialogue) => {
	const { random } = dialogue;
	const event = size(random, 12, 120);
	for (let at = introduction(dialogue, 6); at < dialogue.seconds; at += random.exponential(random.pick([0.5, 4, 20]))) {
		for (let k = random.integer(1, 8); k > 0; k--)
			at =
				dialogue.call(at, dialogue.around(event, 0.1), random.chance(0.7) ? [dialogue.around(700, 1.2)] : []) +
				logUniform(random, 0.03, 0.3);
	}
};

/** Control channels (FTP, SIP over TCP, PBX, printers, industrial buses): verbs, status lines, periodic polls. */
export const control: Script = (dialogue) => {
	const { random } = dialogue;
	let at = dialogue.noise();
	if (random.chance(0.5)) dialogue.push(at, size(random, 20, 400));
	const verbs = Array.from(
		{ length: random.integer(1, 5) },
		() => [size(random, 6, 120), size(random, 8, 250)] as const,
	);
	const pace = logUniform(random, 0.3, 30);
	const timed = random.chance(0.5);
	while (at < dialogue.seconds) {
		const [verb, status] = random.pick(verbs);
		at = dialogue.call(at, verb, [status], dialogue.noise()) + (timed ? pace : random.exponential(pace));
	}
};

/** An end that disappeared: the last message to it is repeated at doubling intervals (RFC 6298, 5.5). */
export const stalled: Script = (dialogue) => {
	const { random } = dialogue;
	let at = introduction(dialogue, 5);
	const lost = size(random, 4, 1400);
	const sayings = random.integer(1, 3);
	for (let saying = 0; saying < sayings; saying++) {
		// The lost message may be the last one of the introduction.
		at += saying === 0 && random.chance(0.4) ? 0 : logUniform(random, 0.5, 40);
		const sender = random.pick(["server", "server", "client"] as const);
		if (random.chance(0.5)) at = dialogue.call(at, size(random, 20, 400), [size(random, 4, 400)]);
		let wait = Math.max(0.05, dialogue.trip() * 2);
		for (let k = random.integer(2, 9); k > 0; k--, at += wait, wait *= 2)
			dialogue.say(at, sender, lost + random.pick([0, 0, 4]));
		if (random.chance(0.4)) at = dialogue.call(at, size(random, 20, 400), [size(random, 4, 400)]);
	}
};
