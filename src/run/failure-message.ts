import { DeCryptoError, reasonOf, UsageError } from "../bytes/error.ts";
import type { ErrorCode } from "../bytes/error-codes.ts";

/** An error as it travels between threads, where its class would be lost. */
export interface FailureMessage {
	readonly isUsage: boolean;
	readonly code: ErrorCode;
	readonly message: string;
	readonly details: Readonly<Record<string, unknown>>;
}

export function failureMessageOf(error: unknown): FailureMessage {
	const known = error instanceof DeCryptoError ? error : undefined;
	return {
		isUsage: error instanceof UsageError,
		code: known?.code ?? "failed",
		message: reasonOf(error),
		details: Object.fromEntries(Object.entries(known?.details ?? {}).filter(([, value]) => isPlain(value))),
	};
}

export function errorOf({ isUsage, code, message, details }: FailureMessage): DeCryptoError {
	return isUsage ? new UsageError(message, details) : new DeCryptoError(code, message, details);
}

/** Whether it can be sent: functions and their like cannot, and objects may hold some. */
function isPlain(value: unknown): boolean {
	return Array.isArray(value)
		? value.every(isPlain)
		: ["string", "number", "bigint", "boolean", "undefined"].includes(typeof value);
}
