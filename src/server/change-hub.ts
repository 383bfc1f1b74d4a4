import type { Change } from "./api-types.ts";
import type { DaemonChange, DaemonView } from "./daemon-view.ts";
import { incidentRow, pastEventOf } from "./views/incident-row.ts";

/** Changes that wait for a slow client; beyond it they are only counted. */
const MOST_WAITING = 500;

export interface SentChange {
	readonly type: Change["type"];
	/** The change as JSON. */
	readonly text: string;
}

/** One client's changes: at most {@link MOST_WAITING} wait, the rest is told as one change of type `lost`. */
export class ChangeStream {
	readonly #waiting: SentChange[] = [];
	#lost = 0;
	#isClosed = false;
	#wake: (() => void) | undefined;

	push(change: SentChange): void {
		if (this.#waiting.length >= MOST_WAITING) this.#lost++;
		else this.#waiting.push(change);
		this.#wake?.();
	}

	close(): void {
		this.#isClosed = true;
		this.#wake?.();
	}

	get isClosed(): boolean {
		return this.#isClosed;
	}

	/** The next change; `quiet` after `limitMs` without one; undefined once closed. */
	async next(limitMs: number): Promise<SentChange | "quiet" | undefined> {
		if (this.#waiting.length === 0 && !this.#isClosed) {
			await new Promise<void>((resolve) => {
				const timer = setTimeout(resolve, limitMs);
				this.#wake = () => {
					clearTimeout(timer);
					resolve();
				};
			});
			this.#wake = undefined;
		}
		if (this.#isClosed) return undefined;
		const change = this.#waiting.shift();
		if (change) return change;
		if (this.#lost === 0) return "quiet";
		const lost = { type: "lost", changes: this.#lost } satisfies Change;
		this.#lost = 0;
		return { type: "lost", text: JSON.stringify(lost) };
	}
}

/** Spreads the daemon's changes, and those that operators make here, to all clients. A change is written once for all. */
export class ChangeHub implements Disposable {
	readonly #streams = new Set<ChangeStream>();
	readonly #listeners = new Set<() => void>();
	readonly #unsubscribe: () => void;

	constructor(view: DaemonView) {
		this.#unsubscribe = view.subscribe((change) => this.#take(change));
	}

	get size(): number {
		return this.#streams.size;
	}

	open(): ChangeStream {
		const stream = new ChangeStream();
		this.#streams.add(stream);
		return stream;
	}

	close(stream: ChangeStream): void {
		stream.close();
		this.#streams.delete(stream);
	}

	/** Calls the listener after every change: answers that were kept are old then. */
	onChange(listener: () => void): void {
		this.#listeners.add(listener);
	}

	send(change: Change): void {
		for (const listener of this.#listeners) listener();
		if (this.#streams.size === 0) return;
		const sent = { type: change.type, text: JSON.stringify(change) };
		for (const stream of this.#streams) stream.push(sent);
	}

	[Symbol.dispose](): void {
		this.#unsubscribe();
		for (const stream of this.#streams) stream.close();
		this.#streams.clear();
	}

	#take(change: DaemonChange): void {
		if (change.type === "incident") {
			const { event } = change;
			this.send({ type: "incident", event: pastEventOf(event), incident: incidentRow(event.incident) });
		} else this.send(change);
	}
}
