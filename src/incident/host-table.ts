import { DueQueue } from "./due-queue.ts";
import type { Host } from "./incident.ts";
import { hostKey, type IncidentState } from "./incident-state.ts";
import type { TrackerOptions } from "./tracker-options.ts";

/** What is due for an incident, in the order in which things of one time happen. */
export type Due = "close" | "remind" | "forget";

/** The incidents a tracker remembers, by host and by what is due next. Open ones, and closed ones that may reopen. */
export class HostTable {
	readonly #options: TrackerOptions;
	readonly #hosts = new Map<string, IncidentState[]>();
	readonly #queues: Readonly<Record<Due, DueQueue<IncidentState>>>;
	openCount = 0;
	closedCount = 0;

	constructor(options: TrackerOptions) {
		this.#options = options;
		this.#queues = {
			close: new DueQueue(({ isOpen, quietUntil }) => (isOpen ? quietUntil : undefined)),
			remind: new DueQueue(({ isOpen, remindAt }) => (isOpen ? remindAt : undefined)),
			forget: new DueQueue(({ isOpen, closed }) => (isOpen ? undefined : closed! + options.reopenWithin)),
		};
	}

	add(state: IncidentState): void {
		const key = hostKey(state.host.address, state.host.domain);
		const known = this.#hosts.get(key);
		if (known) known.push(state);
		else this.#hosts.set(key, [state]);
		if (state.isOpen) this.openCount++;
		else this.closedCount++;
		this.#schedule(state);
	}

	/** The host's incident to which a sighting at `at` belongs. */
	find({ address, domain }: Host, at: number): IncidentState | undefined {
		const { closeAfter, reopenWithin } = this.#options;
		return this.#hosts.get(hostKey(address, domain))?.find(({ opened, lastSeen }) => {
			return at >= opened - reopenWithin && at <= lastSeen + closeAfter + reopenWithin;
		});
	}

	close(state: IncidentState, at: number): void {
		state.isOpen = false;
		state.closed = at;
		this.openCount--;
		this.closedCount++;
		this.#schedule(state);
	}

	reopen(state: IncidentState): void {
		state.isOpen = true;
		delete state.closed;
		this.openCount++;
		this.closedCount--;
		this.#schedule(state);
	}

	forget(state: IncidentState): void {
		const key = hostKey(state.host.address, state.host.domain);
		const rest = this.#hosts.get(key)?.filter((each) => each !== state) ?? [];
		if (rest.length > 0) this.#hosts.set(key, rest);
		else this.#hosts.delete(key);
		this.closedCount--;
	}

	/** What is due first, and when; Infinity if nothing is. */
	next(): { readonly kind: Due; readonly due: number } {
		let first: { kind: Due; due: number } = { kind: "close", due: this.#queues.close.next() };
		for (const kind of ["remind", "forget"] as const) {
			const due = this.#queues[kind].next();
			if (due < first.due) first = { kind, due };
		}
		return first;
	}

	pop(kind: Due): IncidentState | undefined {
		return this.#queues[kind].pop();
	}

	/** After a reminder the next one is due. */
	reschedule(state: IncidentState): void {
		this.#schedule(state);
	}

	*states(): Iterable<IncidentState> {
		for (const states of this.#hosts.values()) yield* states;
	}

	#schedule(state: IncidentState): void {
		for (const queue of Object.values(this.#queues)) queue.schedule(state);
	}
}
