import type { Message } from "../conversation.ts";
import type { Random } from "../random.ts";
import type { Path } from "./path.ts";

/** The longest message; more than a flow's packet list can show. */
const LONGEST = 60_000;

/** A scripted conversation that is written under its own clock; the path determines when messages are answered. */
export class Dialogue {
	readonly random: Random;
	readonly path: Path;
	/** The intended duration, in seconds. */
	readonly seconds: number;
	readonly #messages: Message[] = [];

	constructor(random: Random, path: Path, seconds: number) {
		this.random = random;
		this.path = path;
		this.seconds = seconds;
	}

	say(at: number, from: "client" | "server", length: number): void {
		if (at < this.seconds)
			this.#messages.push({ at, from, length: Math.min(LONGEST, Math.max(1, Math.round(length))) });
	}

	/** A request and the server's answer, one message each; returns when the client has the complete answer. */
	call(at: number, request: number, replies: readonly number[], thinking = 0): number {
		this.say(at, "client", request);
		let answered = at + this.trip() / 2 + this.noise() + thinking;
		for (const reply of replies) {
			this.say(answered, "server", reply);
			answered += this.random.pick([0, 0, 0.0005, 0.02]);
		}
		return answered + this.trip() / 2 + this.noise();
	}

	/** An unsolicited message of the server, and the client's optional answer. */
	push(at: number, length: number, answer?: number): void {
		this.say(at, "server", length);
		if (answer !== undefined) this.say(at + this.trip() + this.noise(), "client", answer);
	}

	/** The time at which the server has finished sending. */
	pushes(): number[] {
		return this.#messages.filter(({ from }) => from === "server").map(({ at }) => at);
	}

	trip(): number {
		return this.path.roundTrip;
	}

	noise(): number {
		return this.random.exponential(this.path.jitter);
	}

	/** The instants of a Poisson process with the given mean interval from `begin` to the end. */
	*poisson(begin: number, mean: number): Generator<number> {
		for (let at = begin + this.random.exponential(mean); at < this.seconds; at += this.random.exponential(mean))
			yield at;
	}

	/** The instants of a timer from a random phase on; `slack` is its mean delay. */
	*timer(begin: number, period: number, slack = 0.01): Generator<number> {
		let at = begin + this.random.uniform(0, period);
		for (; at < this.seconds; at += period + this.random.exponential(slack)) yield at;
	}

	/** A constant length with small variation: a counter's digits, a time, a name. */
	around(length: number, variation: number): number {
		return variation === 0 ? length : Math.max(1, Math.round(this.random.logNormal(length, variation)));
	}

	messages(): Message[] {
		return this.#messages.sort((a, b) => a.at - b.at);
	}
}

/** A script: writes one conversation of a kind into the dialogue. */
export type Script = (dialogue: Dialogue) => void;
