import { type Bus, isConflict, LEASE_MS, type Log } from "./bus.ts";

/** The right to work on a partition, for {@link LEASE_MS} from the last renewal on. `token` fences those who had it before. */
export class Lease {
	readonly token: number;
	readonly #bus: Bus;
	readonly #log: Log;
	readonly #owner: string;
	#sequence: number;
	/** By this process's own clock, which only measures durations: wrong clocks do no harm. */
	#validUntil: number;

	private constructor(bus: Bus, log: Log, owner: string, sequence: number, asked: number) {
		this.#bus = bus;
		this.#log = log;
		this.#owner = owner;
		this.#sequence = sequence;
		this.token = sequence;
		this.#validUntil = asked + LEASE_MS;
	}

	/** Takes the lease of the partition, or gives undefined where another has it. */
	static async take(bus: Bus, partition: number, owner: string): Promise<Lease | undefined> {
		const log = { family: "leases", key: String(partition) } as const;
		const asked = performance.now();
		try {
			const sequence = await bus.append(log, { headers: { owner }, body: new Uint8Array(0) }, { after: 0 });
			return new Lease(bus, log, owner, sequence, asked);
		} catch (error) {
			if (isConflict(error)) return undefined;
			throw error;
		}
	}

	/** Whether nobody else can have it yet. */
	get isHeld(): boolean {
		return performance.now() < this.#validUntil;
	}

	/** Prolongs it. Returns false where another has it now; throws where the bus does not answer. */
	async renew(): Promise<boolean> {
		const asked = performance.now();
		const message = { headers: { owner: this.#owner }, body: new Uint8Array(0) };
		try {
			this.#sequence = await this.#bus.append(this.#log, message, { after: this.#sequence });
			this.#validUntil = asked + LEASE_MS;
			return true;
		} catch (error) {
			if (!isConflict(error)) throw error;
			return this.#recognise(asked);
		}
	}

	/** Lets others have it at once. */
	async giveBack(): Promise<void> {
		this.#validUntil = 0;
		await this.#bus.trim(this.#log, this.#sequence + 1);
	}

	/** A renewal whose answer was lost may have been stored: then the last message is ours. */
	async #recognise(asked: number): Promise<boolean> {
		const last = await this.#bus.last(this.#log);
		if (last === undefined || last.headers.owner !== this.#owner || !this.isHeld) {
			this.#validUntil = 0;
			return false;
		}
		this.#sequence = last.sequence;
		this.#validUntil = asked + LEASE_MS;
		return true;
	}
}
