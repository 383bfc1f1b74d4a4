import type { ErrorCode } from "./error-codes.ts";

/**
 * The one base class of all errors thrown by this project. `code` is stable and for programs, `message` is for people,
 * `details` holds the offending values. Context is added outside in by {@link inContext}:
 * `ipfix: template 258: field 3: length 0`.
 */
export class DeCryptoError extends Error {
	readonly code: ErrorCode;
	readonly details: Readonly<Record<string, unknown>>;

	constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
		super(message, cause === undefined ? undefined : { cause });
		this.name = "DeCryptoError";
		this.code = code;
		this.details = details;
	}
}

/** The caller asked for something impossible: the command line exits with 2. */
export class UsageError extends DeCryptoError {
	constructor(message: string, details: Readonly<Record<string, unknown>> = {}) {
		super("usage", message, details);
		this.name = "UsageError";
	}
}

/** The same error with the context of its caller: `context` precedes its message, its code and details stay. */
export function inContext(context: string, error: unknown): DeCryptoError {
	if (error instanceof UsageError) return new UsageError(`${context}: ${error.message}`, error.details);
	if (error instanceof DeCryptoError) {
		return new DeCryptoError(error.code, `${context}: ${error.message}`, error.details, error);
	}
	return new DeCryptoError("failed", `${context}: ${reasonOf(error)}`, {}, error);
}

/** The cause in the user's words: system errors lose their code, path and system call. */
export function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	const { code } = error as NodeJS.ErrnoException;
	return (code !== undefined && SYSTEM_REASONS[code]) || error.message;
}

const SYSTEM_REASONS: Readonly<Record<string, string>> = {
	ENOENT: "no such file",
	EACCES: "permission denied",
	EPERM: "not permitted",
	EISDIR: "is a directory",
	ENOTDIR: "not a directory",
	ENOSPC: "no space left on the device",
	ECONNREFUSED: "connection refused",
	EADDRINUSE: "the address is in use",
	EADDRNOTAVAIL: "the address is not one of this machine's",
	ENOTFOUND: "no such host",
};
