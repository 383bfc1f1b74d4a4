import { setTimeout as sleep } from "node:timers/promises";
import { DeCryptoError } from "../bytes/error.ts";
import { type Bus, busFailure, isConflict, type Log } from "./bus.ts";
import type { Lease } from "./lease.ts";
import {
	type CommitKind,
	commitMessage,
	NO_PROGRESS,
	ownerOf,
	type Progress,
	progressOf,
	type SightingBatch,
} from "./sighting-message.ts";

const RETRY_MS = 250;

/**
 * The commits of one owner of a partition. Each names the one before it, so that the server refuses all commits of an owner
 * that was replaced, even one that was stopped for a while and does not know.
 */
export class CommitChain {
	readonly #bus: Bus;
	readonly #log: Log;
	readonly #lease: Lease;
	#last = 0;
	#progress: Progress = NO_PROGRESS;

	constructor(bus: Bus, partition: number, lease: Lease) {
		this.#bus = bus;
		this.#log = { family: "sightings", key: String(partition) };
		this.#lease = lease;
	}

	get progress(): Progress {
		return this.#progress;
	}

	/** Fences the owner before, and learns how far it came. */
	async begin(): Promise<void> {
		for (;;) {
			const last = await this.#insist(() => this.#bus.last(this.#log));
			this.#last = last?.sequence ?? 0;
			this.#progress = last ? progressOf(last) : NO_PROGRESS;
			try {
				await this.commit("fence", this.#progress);
				return;
			} catch (error) {
				// The owner before committed once more in between: read again how far it came.
				if (!isConflict(error)) throw error;
			}
		}
	}

	/** Throws what `isConflict` knows where another owner has come, and (code `bus-lease`) where the lease ran out. */
	async commit(kind: CommitKind, progress: Progress, batch?: SightingBatch): Promise<void> {
		const message = commitMessage(kind, this.#lease.token, progress, batch);
		const after = this.#last;
		await this.#insist(async () => {
			try {
				this.#last = await this.#bus.append(this.#log, message, { after });
			} catch (error) {
				if (!isConflict(error)) throw error;
				this.#last = await this.#storedAfterAll(after, error);
			}
		});
		this.#progress = progress;
	}

	/**
	 * After a refusal, the sequence of our message if an earlier attempt was stored whose answer was lost: then the last
	 * message is ours. A leader that takes over can refuse for the sake of a message that was never stored: then nothing came
	 * after `after`, and the attempt must be made again.
	 */
	async #storedAfterAll(after: number, refusal: unknown): Promise<number> {
		const last = await this.#bus.last(this.#log);
		if ((last?.sequence ?? 0) <= after) throw busFailure(`${this.#log.key}: refused, but nothing came after`, refusal);
		if (ownerOf(last!) !== this.#lease.token) throw refusal;
		return last!.sequence;
	}

	/** Tries again while the bus does not answer and the lease is held. */
	async #insist<T>(attempt: () => Promise<T>): Promise<T> {
		for (;;) {
			if (!this.#lease.isHeld) throw new DeCryptoError("bus-lease", `${this.#log.key}: the lease ran out`);
			try {
				return await attempt();
			} catch (error) {
				if (isConflict(error)) throw error;
				await sleep(RETRY_MS);
			}
		}
	}
}
