import type { Component, Health } from "../bytes/component.ts";
import { HEALTHY } from "../bytes/component.ts";
import { reasonOf } from "../bytes/error.ts";
import { aborted } from "./aborted.ts";
import { BACKOFF_DEFAULT, type Backoff, backoffDelay } from "./backoff.ts";
import type { Notification } from "./notification.ts";
import { encodeAll, type NotificationFormat, type Sender } from "./notification-format.ts";
import type { Outbox, OutboxEntry } from "./outbox.ts";
import { type Selection, select } from "./selection.ts";
import { type Message, RejectedError, type Transport } from "./transport.ts";

/** How a receiver is served; times in milliseconds. */
export interface DeliveryPolicy {
	/** Of one attempt. */
	readonly timeout: number;
	readonly backoff: Backoff;
	/** Entries older than this are not sent any more. */
	readonly giveUp: number;
	/** At most one message per interval, with everything that has come since (a digest); 0: at once. */
	readonly every: number;
	/** Notifications in one message. */
	readonly batch: number;
}

export const POLICY_DEFAULT: DeliveryPolicy = {
	timeout: 30_000,
	backoff: BACKOFF_DEFAULT,
	giveUp: 7 * 86_400_000,
	every: 0,
	batch: 1,
};

/** A configured receiver, before anything runs. */
export interface ReceiverPlan {
	readonly name: string;
	readonly selection: Selection;
	/** Absent where the transport has a record of its own (TRAP). */
	readonly format?: NotificationFormat;
	readonly transport: Transport;
	readonly policy: DeliveryPolicy;
}

export interface ReceiverCounters {
	/** Notifications that the selection took, and those that it left out. */
	selected: number;
	unselected: number;
	delivered: number;
	/** Attempts that failed. */
	failures: number;
	/** Notifications lost because the outbox was full, and those that were given up for their age. */
	dropped: number;
	expired: number;
	/** Calls of the outbox that failed. */
	outboxFaults: number;
	/** Entries in the outbox, and when the oldest was put there (milliseconds since the epoch; 0: none). */
	waiting: number;
	oldest: number;
}

/** After this many failures in a row a receiver counts as failed. */
const FAILED_AFTER = 5;
const OUTBOX_PAUSE_MS = 1000;

/** One destination and its loop: take what is due from the outbox, encode, send, settle. It never delays another receiver. */
export class Receiver implements Component {
	readonly name: string;
	readonly counters: ReceiverCounters = {
		selected: 0,
		unselected: 0,
		delivered: 0,
		failures: 0,
		dropped: 0,
		expired: 0,
		outboxFaults: 0,
		waiting: 0,
		oldest: 0,
	};
	readonly #plan: ReceiverPlan;
	readonly #outbox: Outbox;
	readonly #sender: Sender;
	readonly #ending = new AbortController();
	#loop: Promise<void> | undefined;
	/** Transports carry one message at a time. */
	#attempt: Promise<unknown> = Promise.resolve();
	#wake: (() => void) | undefined;
	#woken = false;
	#stopping = false;
	#draining = false;
	#failuresInRow = 0;
	#reason = "";
	#pausedUntil = 0;
	#nextDigest = 0;

	constructor(plan: ReceiverPlan, outbox: Outbox, sender: Sender) {
		this.name = plan.name;
		this.#plan = plan;
		this.#outbox = outbox;
		this.#sender = sender;
	}

	/** Begins to deliver, what an earlier run left in the outbox first. */
	start(): void {
		this.#loop ??= this.#run();
	}

	/** Whether the receiver wants the notification; counted. */
	selects(notification: Notification): boolean {
		const { send } = select(notification, this.#plan.selection);
		if (send) this.counters.selected++;
		else this.counters.unselected++;
		return send;
	}

	/** The outbox has something new for the receiver. */
	wake(): void {
		this.#rouse();
	}

	/** Puts the notification into the outbox if the receiver selects it. Never throws: faults are counted. */
	async offer(notification: Notification): Promise<void> {
		if (!this.selects(notification)) return;
		try {
			const result = await this.#outbox.enqueue(this.name, notification, this.#sender.now());
			if (result === "full") this.counters.dropped++;
		} catch (error) {
			this.#outboxFailed(error);
			this.counters.dropped++;
		}
		this.#rouse();
	}

	/** Sends a notification at once, without the outbox: for tests of the receiver. Rejects if it was not delivered. */
	async sendNow(notification: Notification): Promise<void> {
		await this.#send([notification]);
	}

	/** Delivers what is due until nothing waits, the receiver fails or the time is up; the outbox keeps the rest. */
	async drain(limitMs: number): Promise<void> {
		this.#draining = true;
		this.#rouse();
		const end = Date.now() + limitMs;
		while (Date.now() < end && this.#failuresInRow === 0 && !this.#stopping) {
			if ((await this.#outbox.length(this.name).catch(() => 0)) === 0) break;
			await new Promise((resolve) => setTimeout(resolve, Math.min(20, limitMs)));
		}
	}

	async reopen(): Promise<void> {
		await this.#exclusively(async () => this.#plan.transport.reopen?.());
	}

	health(): Health {
		if (this.#failuresInRow === 0) return this.counters.dropped > 0 ? this.#losing() : HEALTHY;
		const reason = `${this.#failuresInRow} attempts failed, the last: ${this.#reason}`;
		return { state: this.#failuresInRow >= FAILED_AFTER ? "failed" : "degraded", reason };
	}

	stop(): void {
		this.#stopping = true;
		this.#rouse();
	}

	/** Ends an attempt that is under way: its entries stay in the outbox. */
	async [Symbol.asyncDispose](): Promise<void> {
		this.stop();
		this.#ending.abort(new Error("the receiver was stopped"));
		await this.#loop;
		await this.#attempt.catch(() => undefined);
		await this.#plan.transport.close().catch(() => undefined);
	}

	#losing(): Health {
		return { state: "degraded", reason: `${this.counters.dropped} notifications did not fit into the outbox` };
	}

	async #run(): Promise<void> {
		while (!this.#stopping) {
			const waitMs = await this.#step().catch((error) => {
				this.#outboxFailed(error);
				return OUTBOX_PAUSE_MS;
			});
			if (waitMs > 0 && !this.#stopping) await this.#rest(waitMs);
		}
	}

	/** One round; returns the time until the next in milliseconds, 0 for at once. */
	async #step(): Promise<number> {
		const { policy } = this.#plan;
		const now = this.#sender.now();
		this.#woken = false;
		if (this.#pausedUntil > now) return this.#pausedUntil - now;
		this.counters.expired += await this.#outbox.expire(this.name, now - policy.giveUp);
		if (policy.every > 0 && this.#nextDigest > now && !this.#draining) return this.#nextDigest - now;
		const due = await this.#outbox.due(this.name, now, policy.batch);
		if (due.length > 0) await this.#deliver(due);
		await this.#measure();
		if (due.length > 0) return 0;
		const next = await this.#outbox.nextDue(this.name);
		return next === undefined ? Number.POSITIVE_INFINITY : Math.max(next - now, 1);
	}

	async #deliver(due: readonly OutboxEntry[]): Promise<void> {
		const ids = due.map(({ notification }) => notification.id);
		try {
			await this.#send(due.map(({ notification }) => notification));
		} catch (error) {
			if (this.#ending.signal.aborted) return;
			await this.#settleFailure(due, ids, error);
			return;
		}
		await this.#outbox.delivered(this.name, ids);
		this.counters.delivered += ids.length;
		this.#failuresInRow = 0;
		this.#nextDigest = this.#sender.now() + this.#plan.policy.every;
	}

	/** A rejected message waits alone; any other failure pauses the receiver. */
	async #settleFailure(due: readonly OutboxEntry[], ids: readonly string[], error: unknown): Promise<void> {
		const { backoff } = this.#plan.policy;
		const now = this.#sender.now();
		this.counters.failures++;
		this.#failuresInRow++;
		this.#reason = reasonOf(error);
		const attempts = Math.max(...due.map((entry) => entry.attempts)) + 1;
		const rejected = error instanceof RejectedError;
		const delay = backoffDelay(backoff, rejected ? attempts : this.#failuresInRow);
		if (!rejected) this.#pausedUntil = now + delay;
		await this.#outbox.failed(this.name, ids, now + delay);
	}

	/** Encodes and sends. A transport that never answers is left behind when the time is up. */
	async #send(notifications: readonly Notification[]): Promise<void> {
		const { format, transport, policy } = this.#plan;
		const message: Message = {
			notifications,
			body: format ? encodeAll(format, notifications, this.#sender) : "",
			contentType: format?.contentType ?? "",
		};
		await this.#exclusively(async () => {
			const timeout = AbortSignal.timeout(policy.timeout);
			const signal = AbortSignal.any([timeout, this.#ending.signal]);
			await Promise.race([transport.send(message, signal), timeUp(signal, policy.timeout)]);
		});
	}

	async #exclusively<T>(work: () => Promise<T>): Promise<T> {
		const result = this.#attempt.then(work, work);
		this.#attempt = result;
		return result;
	}

	async #measure(): Promise<void> {
		this.counters.waiting = await this.#outbox.length(this.name);
		this.counters.oldest = (await this.#outbox.oldest(this.name)) ?? 0;
	}

	#outboxFailed(error: unknown): void {
		this.counters.outboxFaults++;
		this.#reason = `outbox: ${reasonOf(error)}`;
	}

	#rouse(): void {
		this.#woken = true;
		this.#wake?.();
	}

	#rest(waitMs: number): Promise<void> {
		if (this.#woken && this.#pausedUntil <= this.#sender.now() && this.#digestIsDue()) return Promise.resolve();
		return new Promise((resolve) => {
			// The longest delay of a timer is 2^31 - 1 ms.
			const timer = setTimeout(done, Math.min(waitMs, 2 ** 31 - 1));
			const self = this;
			function done(): void {
				clearTimeout(timer);
				self.#wake = undefined;
				resolve();
			}
			this.#wake = done;
		});
	}

	#digestIsDue(): boolean {
		return this.#draining || this.#nextDigest <= this.#sender.now();
	}
}

/** The reason of a timeout in words; other reasons as they are. */
async function timeUp(signal: AbortSignal, timeout: number): Promise<never> {
	return aborted(signal).catch((reason: unknown) => {
		const isTimeout = reason instanceof DOMException && reason.name === "TimeoutError";
		throw isTimeout ? new Error(`no answer within ${timeout / 1000} s`) : reason;
	});
}
