import type { Session } from "./session.ts";

/** A part of a connection's stream. */
export interface StreamPart {
	readonly kind: "stream";
	readonly connection: number;
	readonly session: Session;
	readonly bytes: Uint8Array;
	/** The connection ended behind these bytes. */
	readonly last: boolean;
}

/** Datagrams one behind another: datagram k ends at `ends[k]` and came from `exporters[senders[k]]`. */
export interface Datagrams {
	readonly kind: "datagrams";
	readonly bytes: Uint8Array;
	readonly ends: Uint32Array;
	readonly senders: Uint32Array;
	readonly exporters: readonly string[];
	/** Datagrams that found no room before these. */
	readonly dropped: number;
	/** Datagrams of senders that may not send. */
	readonly refused: number;
	/** Datagrams that the kernel dropped, where the system tells. */
	readonly droppedByKernel: number;
}

export type Arrival = StreamPart | Datagrams;

/** About what an arrival takes beside its bytes. */
const ARRIVAL_BYTES = 256;

/** What receivers have and the decoder has not: first in, first out; one reader may wait. The receivers keep it bounded. */
export class Arrivals {
	/** Memory that waits, in bytes: also an empty arrival takes some. */
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

	/** The next arrival, or undefined where none waits. */
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

	/** Nothing more will come: who waits is told, after what still waits itself, and given the failure if there is one. */
	end(failure?: Error): void {
		this.#ended = true;
		this.#failure ??= failure;
		this.#wake?.();
	}

	/** Resolves when something waits (true) or nothing more will come (false). */
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
