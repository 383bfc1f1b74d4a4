import type { Dialogue, Script } from "../dialogue.ts";
import { logUniform, size } from "../path.ts";
import { jobTimes, sayShares } from "./work.ts";
import { askNode, getBlockTemplate, getWork } from "./work-over-http.ts";

// Lengths are of the JSON lines and frames in the protocols' public descriptions, with ranges for the names of wallets
// and workers, nonce widths, merkle branches and optional fields.

/** `{"id":4,"result":true,"error":null}` and longer variants. */
const yes = (dialogue: Dialogue) => dialogue.random.integer(36, 70);

/** Bitcoin's Stratum and its derivatives (slush0's description): subscribe, authorise, notify, submit. */
function stratum(job: (dialogue: Dialogue) => () => number, share: (dialogue: Dialogue) => number): Script {
	return (dialogue) => {
		const { random } = dialogue;
		const user = random.integer(5, 130);
		const accept = yes(dialogue);
		const difficulty = random.integer(45, 75);
		const nextJob = job(dialogue);
		let at = dialogue.trip() * random.pick([0, 0, 1]);
		if (random.chance(0.25)) at = dialogue.call(at, random.integer(95, 190), [random.integer(70, 150)]);
		const subscribed = random.integer(75, 210);
		const early = random.pick([
			[subscribed],
			[subscribed],
			[subscribed, difficulty, nextJob()],
			[subscribed, difficulty],
		]);
		at = dialogue.call(at, random.integer(44, 120), early);
		at = dialogue.call(
			at,
			random.integer(50, 80) + user,
			early.length > 2 ? [accept] : random.pick([[accept, difficulty, nextJob()], [accept], [accept, nextJob()]]),
		);
		if (random.chance(0.3))
			at = dialogue.call(at, random.integer(42, 110), [random.pick([accept, random.integer(45, 110)])]);
		if (early.length < 3 && random.chance(0.8)) dialogue.push(at + dialogue.noise(), nextJob());
		const jobs = sendJobs(dialogue, at, nextJob);
		if (random.chance(0.25)) askForTransactions(dialogue, jobs);
		if (random.chance(0.15))
			for (const when of dialogue.poisson(at, logUniform(random, 60, 400))) dialogue.push(when, difficulty);
		sayShares(dialogue, at, {
			share: share(dialogue) + Math.round(user / 2),
			reply: accept,
			jitter: random.pick([0, 0, 1, 2]),
			after: { length: () => difficulty, chance: random.pick([0, 0, 0.05]) },
		});
		poolQuestions(dialogue, at);
	};
}

/** Returns when jobs are available. */
function sendJobs(dialogue: Dialogue, begin: number, length: () => number): readonly number[] {
	// A proxy that does not merge its workers receives every job once for each.
	const copies = dialogue.random.chance(0.06) ? dialogue.random.integer(2, 6) : 1;
	const times = jobTimes(dialogue, begin);
	for (const at of times) for (let k = 0; k < copies; k++) dialogue.push(at + k * 0.001, length());
	return times;
}

/**
 * BFGMiner requests the transactions of each job (`mining.get_transactions`) to see what the pool mines; most pools do
 * not support the call.
 */
function askForTransactions(dialogue: Dialogue, jobs: readonly number[]): void {
	const { random } = dialogue;
	const [question, refusal] = [random.integer(70, 110), random.integer(50, 140)];
	for (const at of jobs)
		dialogue.call(at + dialogue.trip() / 2 + dialogue.noise(), question, [refusal], random.exponential(0.002));
}

/** Some pools also send requests: client.get_version, mining.ping. */
function poolQuestions(dialogue: Dialogue, begin: number): void {
	const { random } = dialogue;
	if (!random.chance(0.08)) return;
	const [question, answer] = [random.integer(40, 90), random.integer(36, 80)];
	for (const at of dialogue.timer(begin, random.pick([30, 60, 120, 300]))) dialogue.push(at, question, answer);
}

const varying = (base: number, jitter: number, random: Dialogue["random"]) => () =>
	base + random.integer(-jitter, jitter);

const bitcoin = stratum(
	({ random }) => {
		const base = random.integer(300, 520);
		const branches = random.integer(3, 14);
		const fixed = random.chance(0.5);
		return () => base + 67 * Math.max(0, branches + (fixed ? 0 : random.integer(-1, 1))) + random.integer(0, 1);
	},
	({ random }) => random.integer(75, 130),
);
const kaspa = stratum(
	({ random }) => varying(random.integer(120, 320), random.integer(0, 3), random),
	({ random }) => random.integer(75, 140),
);
const ravencoin = stratum(
	({ random }) => varying(random.integer(230, 430), random.pick([0, 1, 4]), random),
	({ random }) => random.integer(190, 270),
);
const zcash = stratum(
	({ random }) => varying(random.integer(280, 480), random.pick([0, 1]), random),
	({ random }) => random.pick([random.integer(330, 420), random.integer(2780, 2960)]),
);
const niceHash = stratum(
	({ random }) => varying(random.integer(220, 430), random.pick([0, 0, 1, 3]), random),
	({ random }) => random.integer(75, 150),
);

/**
 * Monero and related coins (xmrig-proxy's STRATUM.md): login with the first job in the reply, jobs, shares,
 * keep-alives.
 */
const monero: Script = (dialogue) => {
	const { random } = dialogue;
	const accept = random.integer(48, 80);
	const job = random.pick([random.integer(250, 450), random.integer(330, 420)]);
	const nextJob = varying(job, random.pick([0, 0, 1, 3]), random);
	const at = dialogue.call(
		dialogue.trip() * random.pick([0, 1]),
		random.integer(110, 640),
		[job + random.integer(20, 110)],
		random.pick([0, 0.05]),
	);
	sendJobs(dialogue, at, nextJob);
	if (random.chance(0.55)) {
		const [keep, alive] = [random.integer(58, 120), random.integer(48, 90)];
		for (const when of dialogue.timer(at, random.pick([30, 60, 60, 60, 90]), 0.3)) dialogue.call(when, keep, [alive]);
	}
	sayShares(dialogue, at, {
		share: random.integer(150, 280),
		reply: accept,
		jitter: random.pick([0, 0, 1]),
		after: { length: nextJob, chance: random.pick([0, 0, 0.3]) },
	});
};

/** Ether and Ether Classic over the getwork-like proxy protocol (eth_submitLogin, eth_getWork, eth_submitWork). */
const ether: Script = (dialogue) => {
	const { random } = dialogue;
	const accept = random.integer(36, 62);
	const job = random.integer(220, 320);
	const nextJob = varying(job, random.pick([0, 0, 1, 2]), random);
	const ask = random.integer(40, 90);
	let at = dialogue.call(dialogue.trip() * random.pick([0, 1]), random.integer(85, 210), [accept]);
	const polls = random.chance(0.3);
	// A pool that pushes its work may also delay the answer to the first request for work until the next job.
	const answersFirst = polls || random.chance(0.7);
	at = dialogue.call(at, ask, answersFirst ? [job + random.integer(-30, 60)] : []);
	if (!polls || random.chance(0.5)) sendJobs(dialogue, at, nextJob);
	if (polls)
		for (const when of dialogue.timer(at, random.pick([1, 2, 3, 5, 5, 10, 20]), 0.05)) dialogue.call(when, ask, [job]);
	// Pools that push their work do not answer requests for it.
	if (!polls && random.chance(0.35)) {
		for (const when of dialogue.timer(at, random.pick([2, 5, 10, 10, 15]), 0.05)) dialogue.call(when, ask, []);
	}
	if (random.chance(0.55)) {
		const length = random.integer(95, 225);
		const answers = random.chance(0.7) ? [accept] : [];
		for (const when of dialogue.timer(at, random.pick([5, 10, 10, 15, 20, 30, 60]), 0.05))
			dialogue.call(when, length, answers);
	}
	sayShares(dialogue, at, { share: random.integer(130, 255), reply: accept, jitter: random.pick([0, 0, 1]) });
};

/** Stratum V2 (its specification, 4 and 5): Noise NX handshake, then frames of a 6-byte header, sealed with 16-byte tags. */
const stratumV2: Script = (dialogue) => {
	const { random } = dialogue;
	const sealed = (length: number) => 6 + 16 + length + 16;
	let at = dialogue.call(0, random.pick([32, 64]), [random.pick([170, 234])]);
	at = dialogue.call(at, sealed(random.integer(60, 140)), [sealed(6)]);
	const extended = random.chance(0.5);
	const job = sealed(extended ? random.integer(150, 650) : random.integer(45, 60));
	const previous = sealed(48);
	at = dialogue.call(at, sealed(random.integer(60, 150)), [sealed(random.integer(50, 80)), job, previous]);
	const both = random.chance(0.6);
	for (const when of jobTimes(dialogue, at)) {
		dialogue.push(when, varying(job, extended ? random.pick([0, 1]) : 0, random)());
		if (both && random.chance(0.3)) dialogue.push(when + 0.0001, previous);
	}
	sayShares(dialogue, at, {
		share: sealed(random.integer(20, 36)),
		reply: sealed(random.pick([20, 20, 17])),
		jitter: random.pick([0, 0, 2]),
	});
};

/** Miners inside web pages: JSON in WebSocket frames (RFC 6455, 5.2: 2 or 4 bytes, 4 more for the client's mask). */
const webSocket: Script = (dialogue) => {
	const { random } = dialogue;
	const frame = (length: number, masked: boolean) => length + (length < 126 ? 2 : 4) + (masked ? 4 : 0);
	let at = dialogue.call(0, random.integer(180, 720), [random.integer(129, 420)]);
	const job = random.integer(180, 430);
	const nextJob = varying(frame(job, false), random.pick([0, 0, 1]), random);
	at = dialogue.call(
		at,
		frame(random.integer(70, 240), true),
		random.pick([[frame(random.integer(40, 120), false), nextJob()], [nextJob()]]),
	);
	sendJobs(dialogue, at, nextJob);
	if (random.chance(0.3))
		for (const when of dialogue.timer(at, random.pick([10, 20, 25, 30])))
			dialogue.call(when, random.integer(2, 12), [random.integer(2, 12)]);
	sayShares(dialogue, at, {
		share: frame(random.integer(120, 230), true),
		reply: frame(random.integer(40, 90), false),
		jitter: random.pick([0, 1, 2]),
	});
};

/**
 * An invented mining protocol with the common traits (work pushed and not acknowledged, shares at random times, short
 * immediate replies) at random lengths, so that the model does not learn the known lengths by heart.
 */
const anyProtocol: Script = (dialogue) => {
	const { random } = dialogue;
	const base = size(random, 70, 1600);
	const vary = random.pick([0, 0, 1, 4, 67]);
	const nextJob = () => Math.max(50, base + vary * (vary === 67 ? random.integer(-2, 2) : random.integer(-1, 1)));
	const share = size(random, 50, 600);
	const reply = Math.max(12, Math.round(Math.min(size(random, 16, 140), share * random.uniform(0.15, 0.8))));
	let at = 0;
	for (let k = random.integer(1, 3); k > 0; k--) at = dialogue.call(at, size(random, 40, 650), [size(random, 30, 600)]);
	if (random.chance(0.5)) at = dialogue.call(at, size(random, 40, 250), [reply, nextJob()]);
	sendJobs(dialogue, at, nextJob);
	if (random.chance(0.45)) {
		const [length, answer] = [size(random, 20, 250), random.pick([[reply], [], [size(random, 16, 120)]])];
		for (const when of dialogue.timer(at, logUniform(random, 4, 90), random.pick([0.005, 0.05, 0.5])))
			dialogue.call(when, length, answer);
	}
	sayShares(dialogue, at, { share, reply, jitter: random.pick([0, 0, 1, 2]) });
};

/** Every kind of miner, with the weight of its draw. */
export const MINERS: readonly { readonly kind: string; readonly weight: number; readonly script: Script }[] = [
	{ kind: "bitcoin/stratum", weight: 16, script: bitcoin },
	{ kind: "monero/stratum", weight: 22, script: monero },
	{ kind: "ether/getwork proxy", weight: 20, script: ether },
	{ kind: "kaspa/stratum", weight: 4, script: kaspa },
	{ kind: "ravencoin/stratum", weight: 4, script: ravencoin },
	{ kind: "zcash/stratum", weight: 3, script: zcash },
	{ kind: "nicehash/stratum", weight: 4, script: niceHash },
	{ kind: "stratum v2", weight: 5, script: stratumV2 },
	{ kind: "work over http", weight: 2, script: getWork },
	{ kind: "block templates over http", weight: 1, script: getBlockTemplate },
	{ kind: "node over http", weight: 1, script: askNode },
	{ kind: "websocket", weight: 5, script: webSocket },
	{ kind: "any protocol", weight: 18, script: anyProtocol },
];
