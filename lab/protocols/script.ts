import type { Conversation, Message } from "../conversation.ts";

/** A part of a script that runs beside others: it yields the seconds it waits, as in the simulation library SimPy. */
export type Process = Generator<number, void, void>;

/**
 * A conversation being written under a virtual clock. Processes run interleaved, each between its waits; whoever writes,
 * writes at {@link now}. An end acts at its own time: what the other end does with a message, it does `latency` later.
 */
export class Script {
	/** Seconds since the conversation's start. */
	now = 0;
	/** One-way delay, seconds. */
	readonly latency: number;
	readonly #messages: Message[] = [];
	readonly #agenda = new Agenda();

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

	/** Request and answer, from the client's point of view: returns when the answer has arrived. `think` in seconds. */
	*call(request: string | Uint8Array, answer: () => string | Uint8Array, think = 0.001): Process {
		this.client(request);
		yield this.latency + think;
		this.server(answer());
		yield this.latency;
	}

	/** Lets a process begin now. */
	start(process: Process): void {
		this.#agenda.add(this.now, process);
	}

	/** Runs all processes up to `duration` seconds and gives the messages written until then, in the order of time. */
	run(duration: number): readonly Message[] {
		for (;;) {
			const next = this.#agenda.take(duration);
			if (next === undefined) break;
			this.now = next.at;
			const step = next.process.next();
			if (!step.done) this.#agenda.add(this.now + Math.max(step.value, 0), next.process);
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

interface Entry {
	readonly at: number;
	readonly order: number;
	readonly process: Process;
}

/** What is to happen, earliest first; what was added first comes first at the same time. A binary heap. */
class Agenda {
	readonly #heap: Entry[] = [];
	#added = 0;

	add(at: number, process: Process): void {
		const heap = this.#heap;
		const entry = { at, order: this.#added++, process };
		let i = heap.length;
		heap.push(entry);
		while (i > 0) {
			const parent = (i - 1) >> 1;
			if (!before(entry, heap[parent]!)) break;
			heap[i] = heap[parent]!;
			i = parent;
		}
		heap[i] = entry;
	}

	/** The earliest entry, if it is not later than `until`. */
	take(until: number): Entry | undefined {
		const heap = this.#heap;
		const first = heap[0];
		if (first === undefined || first.at > until) return undefined;
		const last = heap.pop()!;
		if (heap.length === 0) return first;
		let i = 0;
		for (;;) {
			let child = 2 * i + 1;
			if (child >= heap.length) break;
			if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
			if (!before(heap[child]!, last)) break;
			heap[i] = heap[child]!;
			i = child;
		}
		heap[i] = last;
		return first;
	}
}

function before(a: Entry, b: Entry): boolean {
	return a.at < b.at || (a.at === b.at && a.order < b.order);
}
