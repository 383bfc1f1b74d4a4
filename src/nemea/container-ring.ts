/** A finished container and the number of messages in it. */
export interface Container {
	readonly bytes: Uint8Array;
	readonly messages: number;
}

/**
 * Finished containers that a receiver may still need, by number, from {@link first} to {@link end}. The state of a receiver
 * is the number of its next container.
 */
export class ContainerRing {
	/** Number of the oldest container held. */
	first = 0;
	/** Containers numbered below this have been given, at least in part, to some receiver. */
	begun = 0;
	/** Messages in the containers begun. */
	messagesBegun = 0;
	readonly #containers: Container[] = [];

	/** Number of the next container to come. */
	get end(): number {
		return this.first + this.#containers.length;
	}

	get length(): number {
		return this.#containers.length;
	}

	push(container: Container): void {
		this.#containers.push(container);
	}

	/** Container `number`, which is to be handed to a receiver. */
	begin(number: number): Container {
		if (number >= this.begun) {
			this.messagesBegun += this.messagesIn(this.begun, number + 1);
			this.begun = number + 1;
		}
		return this.#containers[number - this.first]!;
	}

	/** Drops containers older than `number`. */
	releaseBelow(number: number): void {
		const count = Math.min(number - this.first, this.#containers.length);
		if (count <= 0) return;
		this.#containers.splice(0, count);
		this.first += count;
	}

	/** Messages in the containers `[from … to)` that are still held. */
	messagesIn(from: number, to: number): number {
		let messages = 0;
		for (let number = Math.max(from, this.first); number < Math.min(to, this.end); number++) {
			messages += this.#containers[number - this.first]!.messages;
		}
		return messages;
	}
}
