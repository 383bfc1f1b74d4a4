import type { Socket } from "node:net";
import type { ContainerRing } from "./container-ring.ts";
import { CLIENT } from "./interface-counters.ts";

/**
 * One connected receiver of an output: writes it one container after the other, each when the one before is out of our
 * hands. A receiver that closes its side for writing (none ever writes) wants no more: it gets the container begun
 * whole, then the end of the connection.
 */
export class Receiver {
	/** Number of the container it gets next, or is getting. */
	next: number;
	/** It gets no container but the one begun. */
	leaving = false;
	/** Messages in the container that is being written, 0: none is. */
	inFlight = 0;
	readonly #socket: Socket;
	readonly #ring: ContainerRing;
	readonly #figures: Float64Array;
	readonly #onProgress: () => void;

	/** `figures`: its slot of {@link CLIENT} counters. `onProgress`: it has a container more, or wants none any more. */
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
