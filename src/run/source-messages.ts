import type { SourceCounters } from "../bytes/counters.ts";
import { DeCryptoError, reasonOf, UsageError } from "../bytes/error.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { NamedInput } from "../input/input-list.ts";
import type { ReadOptions } from "./metering-purpose.ts";

/** What the thread that reads is told. One input is read at a time. */
export type SourceOrder =
	| {
			readonly kind: "open";
			readonly input: NamedInput;
			/** What comes after an input of a directory, as far as is known: flows may go on in it. */
			readonly next: NamedInput | undefined;
			readonly options: Omit<ReadOptions, "warn">;
	  }
	/** A batch was used up: one more may be sent, and this is its memory back. */
	| { readonly kind: "more"; readonly buffers: readonly ArrayBuffer[] }
	| { readonly kind: "stop" }
	/** Nobody wants the rest: stop, and send no more batches. */
	| { readonly kind: "drop" };

/** What it answers: opened, then batches and the like, then ended; or failed at any point; or unknown and nothing else. */
export type SourceReport =
	| {
			readonly kind: "opened";
			readonly name: string;
			readonly inputKind: string;
			readonly isCapture: boolean;
			readonly isLive: boolean;
			readonly counters: SourceCounters;
	  }
	/** Found in a directory, and of no kind that can be read. */
	| { readonly kind: "unknown" }
	| { readonly kind: "flows"; readonly flows: FlowColumns; readonly counters: SourceCounters }
	| { readonly kind: "counters"; readonly counters: SourceCounters }
	| { readonly kind: "warning"; readonly line: string }
	| { readonly kind: "ended"; readonly counters: SourceCounters }
	| { readonly kind: "failed"; readonly failure: Failure; readonly counters: SourceCounters | undefined };

/** Batches on their way at a time: one being judged, one waiting, one being made. Bounds the memory. */
export const BATCHES_UNDERWAY = 3;

/** An error as it travels between threads, where its class would be lost. */
export interface Failure {
	readonly isUsage: boolean;
	readonly code: string;
	readonly message: string;
	readonly details: Readonly<Record<string, unknown>>;
}

export function failureOf(error: unknown): Failure {
	const known = error instanceof DeCryptoError ? error : undefined;
	return {
		isUsage: error instanceof UsageError,
		code: known?.code ?? "failed",
		message: reasonOf(error),
		details: Object.fromEntries(Object.entries(known?.details ?? {}).filter(([, value]) => isPlain(value))),
	};
}

export function errorOf({ isUsage, code, message, details }: Failure): DeCryptoError {
	return isUsage ? new UsageError(message, details) : new DeCryptoError(code, message, details);
}

/** Whether it can be sent: functions and their like cannot, and objects may hold some. */
function isPlain(value: unknown): boolean {
	return Array.isArray(value)
		? value.every(isPlain)
		: ["string", "number", "bigint", "boolean", "undefined"].includes(typeof value);
}

/** Brings counters up to those another thread counted. */
export function mirrorCounters(from: SourceCounters, into: SourceCounters): void {
	into.bytesRead = from.bytesRead;
	into.bytesTotal = from.bytesTotal;
	into.packets = from.packets;
	into.flows = from.flows;
	for (const [reason, times] of from.malformed) into.malformed.set(reason, times);
	for (let i = into.warnings.length; i < from.warnings.length; i++) into.warnings.push(from.warnings[i]!);
}
