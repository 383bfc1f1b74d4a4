import type { Socket } from "node:net";
import type { ContainerRing } from "./container-ring.ts";
import { CLIENT } from "./interface-counters.ts";

/**
 * One connected receiver of an output: sends container after container, each when the previous one was handed to the system.
 * A receiver that closes its sending side has ended: it gets the rest of its current container, then the connection is
 * closed.
 */
export class Receiver {
	/** Number of the container it gets next, or is getting. */
	next: number;
	/** It gets no further container. */
	leaving = false;
	/** Messages in the container that is being written, 0 if none. */
	inFlight = 0;
	readonly #socket: Socket;
	readonly #ring: ContainerRing;
	readonly #figures: Float64Array;
	readonly #onProgress: () => void;

	/** `figures`: its slot of {@link CLIENT} counters. `onProgress`: called after each container and at the end. */
	constructor(socket: Socket, ring: ContainerRing, next: number, figures: Float64Array, onProgress: () => void) {
		this.#socket = socket;
		this.#ring = ring;
		this.next = next;
		this.#figures = figures;
		this.#onProgress = onProgress;
		socket.on("end", () => this.leave());
		socket.resume();
	}

	/** Writes the next container if there is one and none is being written. */
	pump(): void {
		if (this.inFlight > 0 || this.leaving) return;
		this.next = Math.max(this.next, this.#ring.first);
		if (this.next >= this.#ring.end) return;
		const { bytes, messages } = this.#ring.begin(this.next);
		this.inFlight = messages;
		this.#socket.write(bytes, (error) => {
			// The socket's "close" follows an error, and finds the container in flight.
			if (error) return;
			this.inFlight = 0;
			this.next++;
			this.#figures[CLIENT.CONTAINERS]! += 1;
			this.#figures[CLIENT.MESSAGES]! += messages;
			this.#onProgress();
			if (this.leaving) this.#socket.end();
			else this.pump();
		});
	}

	/** Lets it have the container it is getting, then closes. */
	leave(): void {
		if (this.leaving) return;
		this.leaving = true;
		if (this.inFlight === 0) this.#socket.end();
		this.#onProgress();
	}

	/** Containers are about to be forgotten below `number`: it misses those that it has not begun. */
	skipTo(number: number): void {
		const from = this.inFlight > 0 ? this.next + 1 : this.next;
		if (from < number) this.#figures[CLIENT.SKIPPED]! += this.#ring.messagesIn(from, number);
	}
}
