import type { Session } from "./session.ts";

/** A part of a connection's stream. */
export interface StreamPart {
	readonly kind: "stream";
	readonly connection: number;
	readonly session: Session;
	readonly bytes: Uint8Array;
	/** The connection ended after these bytes. */
	readonly last: boolean;
}

/** Consecutive datagrams: datagram k ends at `ends[k]` and came from `exporters[senders[k]]`. */
export interface Datagrams {
	readonly kind: "datagrams";
	readonly bytes: Uint8Array;
	readonly ends: Uint32Array;
	readonly senders: Uint32Array;
	readonly exporters: readonly string[];
	/** Number of datagrams dropped before these because the bounds were reached. */
	readonly dropped: number;
	/** Number of datagrams from senders that are not allowed. */
	readonly refused: number;
	/** Number of datagrams dropped by the kernel, if the system reports it. */
	readonly droppedByKernel: number;
}

export type Arrival = StreamPart | Datagrams;

/** Approximate bytes of an arrival in addition to its content. */
const ARRIVAL_BYTES = 256;

/** The queue from receivers to the decoder: first in, first out; one reader may wait. The receivers keep it bounded. */
export class Arrivals {
	/** Memory of the queue in bytes; an empty arrival counts, too. */
	bytes = 0;
	#waiting: Arrival[] = [];
	#taken = 0;
	#wake: (() => void) | undefined;
	#ended = false;
	#failure: Error | undefined;

	add(arrival: Arrival): void {
		this.#waiting.push(arrival);
		this.bytes += arrival.bytes.length + ARRIVAL_BYTES;
		this.#wake?.();
	}

	/** The next arrival, or undefined if the queue is empty. */
	take(): Arrival | undefined {
		const arrival = this.#waiting[this.#taken];
		if (arrival === undefined) return undefined;
		this.#taken++;
		this.bytes -= arrival.bytes.length + ARRIVAL_BYTES;
		if (this.#taken >= 1024) {
			this.#waiting = this.#waiting.slice(this.#taken);
			this.#taken = 0;
		}
		return arrival;
	}

	/** Ends the queue: the reader gets the remaining arrivals, then the end, or the failure if there is one. */
	end(failure?: Error): void {
		this.#ended = true;
		this.#failure ??= failure;
		this.#wake?.();
	}

	/** Resolves when the queue has an arrival (true) or has ended (false). */
	async some(): Promise<boolean> {
		while (this.#taken >= this.#waiting.length) {
			if (this.#failure) throw this.#failure;
			if (this.#ended) return false;
			const { promise, resolve } = Promise.withResolvers<void>();
			this.#wake = resolve;
			await promise;
			this.#wake = undefined;
		}
		return true;
	}
}
