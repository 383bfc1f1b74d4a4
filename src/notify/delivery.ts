import { reasonOf } from "../bytes/error.ts";
import type { IncidentEvent } from "../incident/incident.ts";
import { createNotification, type Notification } from "./notification.ts";
import type { Sender } from "./notification-format.ts";
import type { Outbox } from "./outbox.ts";
import { Receiver, type ReceiverPlan } from "./receiver.ts";
import { testEvent } from "./test-event.ts";

/** One notification for one receiver, as a store keeps it. */
export interface OutboxRow {
	readonly receiver: string;
	readonly notification: Notification;
	readonly enqueuedAt: number;
}

/** What a test of one receiver gave. */
export interface TestResult {
	readonly receiver: string;
	readonly delivered: boolean;
	/** Why not. */
	readonly reason?: string;
}

/** All receivers. Events go into the outbox of every receiver that selects them; each receiver delivers by itself. */
export class Delivery implements AsyncDisposable {
	readonly #outbox: Outbox;
	readonly #sender: Sender;
	#receivers: readonly Receiver[] = [];
	#abandoned = 0;

	constructor(outbox: Outbox, sender: Sender) {
		this.#outbox = outbox;
		this.#sender = sender;
	}

	get receivers(): readonly Receiver[] {
		return this.#receivers;
	}

	/** Notifications that were dropped because nobody delivers to their receiver any more. */
	get abandoned(): number {
		return this.#abandoned;
	}

	/** Adds receivers and begins to deliver to them. */
	add(plans: readonly ReceiverPlan[]): void {
		const added = plans.map((plan) => new Receiver(plan, this.#outbox, this.#sender));
		this.#receivers = [...this.#receivers, ...added];
		for (const receiver of added) receiver.start();
	}

	/** Ends receivers by name; what waits for them stays in the outbox. */
	async remove(names: readonly string[]): Promise<void> {
		const removed = this.#receivers.filter(({ name }) => names.includes(name));
		this.#receivers = this.#receivers.filter(({ name }) => !names.includes(name));
		await Promise.all(removed.map((receiver) => receiver[Symbol.asyncDispose]()));
	}

	/** Drops and counts what waits for other receivers than those of now. Returns how many waited for each. */
	async abandonOthers(): Promise<ReadonlyMap<string, number>> {
		const abandoned = await this.#outbox.abandonOthers(this.#receivers.map(({ name }) => name));
		for (const count of abandoned.values()) this.#abandoned += count;
		return abandoned;
	}

	/**
	 * The outbox rows of events, for a store that writes them in one transaction with the events themselves. Call
	 * {@link wake} when they are written.
	 */
	rowsOf(events: readonly IncidentEvent[]): OutboxRow[] {
		const enqueuedAt = this.#sender.now();
		return events.flatMap((event) => {
			const notification = createNotification(event);
			const takers = this.#receivers.filter((receiver) => receiver.selects(notification));
			return takers.map(({ name }) => ({ receiver: name, notification, enqueuedAt }));
		});
	}

	/** Rows were written: receivers look into the outbox. */
	wake(): void {
		for (const receiver of this.#receivers) receiver.wake();
	}

	/** Resolves when every receiver that selects the event has it in its outbox; never rejects. */
	async notify(event: IncidentEvent): Promise<void> {
		const notification = createNotification(event);
		await Promise.all(this.#receivers.map((receiver) => receiver.offer(notification)));
	}

	/** Sends a marked test incident through all receivers, or the named one. */
	async test(name?: string): Promise<TestResult[]> {
		const notification = createNotification(testEvent(this.#sender.now()), { test: true });
		const tested = this.#receivers.filter((receiver) => name === undefined || receiver.name === name);
		return Promise.all(
			tested.map(async (receiver) => {
				try {
					await receiver.sendNow(notification);
					return { receiver: receiver.name, delivered: true };
				} catch (error) {
					return { receiver: receiver.name, delivered: false, reason: reasonOf(error) };
				}
			}),
		);
	}

	/** SIGHUP. */
	async reopen(): Promise<void> {
		await Promise.allSettled(this.#receivers.map((receiver) => receiver.reopen()));
	}

	/** Gives the receivers at most `limitMs` to take what waits; the outbox keeps the rest. */
	async drain(limitMs: number): Promise<void> {
		await Promise.all(this.#receivers.map((receiver) => receiver.drain(limitMs)));
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.remove(this.#receivers.map(({ name }) => name));
	}
}
