import { Agenda } from "../agenda.ts";
import type { Conversation, Message } from "../conversation.ts";

/**
 * A part of a script that runs concurrently with others: it yields the seconds it waits, as in the simulation library
 * SimPy.
 */
export type Process = Generator<number, void, void>;

/**
 * A conversation that is written under a virtual clock. Processes are interleaved at their waits; a process writes at
 * {@link now}. Times are those of the acting end: the other end reacts to a message `latency` later.
 */
export class Script {
	/** Seconds since the conversation's start. */
	now = 0;
	/** One-way delay, seconds. */
	readonly latency: number;
	readonly #messages: Message[] = [];
	readonly #agenda = new Agenda<Process>();

	constructor(latency: number) {
		this.latency = latency;
	}

	client(data: string | Uint8Array): void {
		this.#write("client", data);
	}

	server(data: string | Uint8Array): void {
		this.#write("server", data);
	}

	/** A write of which only the length matters. */
	clientLength(length: number): void {
		this.#messages.push({ at: this.now, from: "client", length });
	}

	serverLength(length: number): void {
		this.#messages.push({ at: this.now, from: "server", length });
	}

	/** Request and answer from the client's point of view: returns when the answer has arrived. `think` in seconds. */
	*call(request: string | Uint8Array, answer: () => string | Uint8Array, think = 0.001): Process {
		this.client(request);
		yield this.latency + think;
		this.server(answer());
		yield this.latency;
	}

	/** Starts a process at the current time. */
	start(process: Process): void {
		this.#agenda.add(this.now, process);
	}

	/**
	 * Runs all processes up to `duration` seconds and returns the messages written until then, in the order of time.
	 */
	run(duration: number): readonly Message[] {
		for (;;) {
			const next = this.#agenda.take(duration);
			if (next === undefined) break;
			this.now = next.at;
			const step = next.what.next();
			if (!step.done) this.#agenda.add(this.now + Math.max(step.value, 0), next.what);
		}
		return this.#messages;
	}

	#write(from: Message["from"], data: string | Uint8Array): void {
		const bytes = typeof data === "string" ? encoder.encode(data) : data;
		this.#messages.push({ at: this.now, from, length: bytes.length, bytes });
	}
}

/** Runs a script to its end and names it. */
export function conversationOf(
	script: Script,
	duration: number,
	about: Pick<Conversation, "label" | "kind" | "serverPort"> &
		Partial<Pick<Conversation, "transport" | "tls" | "closesAt">>,
): Conversation {
	const messages = script.run(duration);
	return { transport: "tcp", closesAt: duration, ...about, latency: script.latency, messages };
}

const encoder = new TextEncoder();
