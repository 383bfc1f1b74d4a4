import { type FlowNames, NO_NAMES } from "./flow-names.ts";

/**
 * What side records (TLS, HTTP, QUIC, alerts) told of flows, by the sensor's identifier of the flow, until the record of
 * the flow itself comes. Bounded: the identifiers that were touched longest ago are forgotten first.
 */
export class NamesByFlow {
	readonly #names = new Map<string, FlowNames>();
	readonly #capacity: number;
	/** Identifiers that were forgotten before their flow came. */
	forgotten = 0;

	/** `capacity`: the most flows to keep names for. */
	constructor(capacity = 500_000) {
		this.#capacity = capacity;
	}

	/** Adds to what is known of a flow; what is known already stays. */
	learn(id: string, names: FlowNames): void {
		const known = this.#names.get(id);
		this.#names.delete(id);
		this.#names.set(id, known ? { ...names, ...known } : names);
		if (this.#names.size <= this.#capacity) return;
		this.#names.delete(this.#names.keys().next().value!);
		this.forgotten++;
	}

	/** What is known of a flow. It is kept: long connections have several records. */
	of(id: string): FlowNames {
		return this.#names.get(id) ?? NO_NAMES;
	}
}
