import { parentPort } from "node:worker_threads";
import type { SourceCounters } from "../bytes/counters.ts";
import { transferablesOf } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { takeBack } from "../flow/returned-buffers.ts";
import { DirectoryRotation } from "../input/directory-rotation.ts";
import type { NamedInput } from "../input/input-list.ts";
import { openInput } from "../input/open-input.ts";
import { DEFAULT_INACTIVE_TIMEOUT } from "../meter/meter-defaults.ts";
import type { Rotation } from "../meter/rotation.ts";
import { failureMessageOf } from "./failure-message.ts";
import { forPurpose } from "./metering-purpose.ts";
import { BATCHES_UNDERWAY, type SourceOrder, type SourceReport } from "./source-messages.ts";

/** The thread that reads, unpacks, parses and meters: it serves one input after the other, and ends with its parent. */

/** A source that gives no flows for long still counts. */
const COUNTERS_MS = 200;

const port = parentPort!;
let reading: Reading | undefined;
/** What comes after the input that is being read. */
let next: NamedInput | undefined;
let rotations: DirectoryRotation | undefined;
port.on("message", (order: SourceOrder) => {
	if (order.kind === "open") {
		next = order.next;
		rotations ??= new DirectoryRotation(
			{ peek: () => next },
			order.options.metering.inactiveTimeout ?? DEFAULT_INACTIVE_TIMEOUT,
		);
		reading = new Reading(rotations.of(order.input));
		void reading.serve(order);
		return;
	}
	if (order.kind === "more") takeBack(order.buffers);
	reading?.[order.kind]();
});

function report(report: SourceReport, transfer: readonly ArrayBuffer[] = []): void {
	port.postMessage(report, transfer);
}

/** One input, from its opening to its end. */
class Reading {
	#source: FlowSource | undefined;
	#counters: SourceCounters | undefined;
	/** Batches that may still be sent. */
	#credit = BATCHES_UNDERWAY;
	#dropped = false;
	#wake = () => {};
	readonly #rotation: Rotation | undefined;

	constructor(rotation: Rotation | undefined) {
		this.#rotation = rotation;
	}

	async serve(order: SourceOrder & { readonly kind: "open" }): Promise<void> {
		try {
			if (await this.#read(order)) report({ kind: "ended", counters: this.#counters! });
			else report({ kind: "unknown" });
		} catch (error) {
			report({ kind: "failed", failure: failureMessageOf(error), counters: this.#counters });
		}
	}

	more(): void {
		this.#credit++;
		this.#wake();
	}

	stop(): void {
		this.#source?.stop();
	}

	drop(): void {
		this.#dropped = true;
		this.stop();
		this.#wake();
	}

	/** False where the input is of no known kind. */
	async #read({ input, options }: SourceOrder & { readonly kind: "open" }): Promise<boolean> {
		const warn = (line: string) => report({ kind: "warning", line });
		const metering = { ...options.metering, ...(this.#rotation && { rotation: this.#rotation }) };
		const opened = await openInput(input, forPurpose({ ...options, metering, warn }));
		if (!opened) return false;
		await using source = opened.source;
		this.#source = source;
		const { counters } = source;
		this.#counters = counters;
		const { kind: inputKind, isCapture, isLive } = opened;
		report({ kind: "opened", name: source.name, inputKind, isCapture, isLive, counters });
		const timer = setInterval(() => report({ kind: "counters", counters }), COUNTERS_MS);
		try {
			for await (const flows of source) {
				while (this.#credit === 0 && !this.#dropped) await this.#order();
				if (this.#dropped) break;
				this.#credit--;
				report({ kind: "flows", flows, counters }, transferablesOf(flows));
			}
		} finally {
			clearInterval(timer);
		}
		return true;
	}

	/** The next order that there may be something to do for. */
	#order(): Promise<void> {
		return new Promise((resolve) => {
			this.#wake = resolve;
		});
	}
}
