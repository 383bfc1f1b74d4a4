import { DeCryptoError } from "../bytes/error.ts";
import type { ErrorCode } from "../bytes/error-codes.ts";

type RefusalStatus = 400 | 401 | 403 | 404 | 409 | 411 | 413 | 429 | 503;

export interface ProblemDetail {
	readonly path: string;
	readonly message: string;
}

/** A request that is answered with an error status. The message is shown to the client. */
export class Refusal extends DeCryptoError {
	readonly status: RefusalStatus;
	readonly problems: readonly ProblemDetail[];
	/** Seconds, for `Retry-After`. */
	readonly retryAfter: number | undefined;

	constructor(
		status: RefusalStatus,
		code: ErrorCode,
		message: string,
		{ problems = [], retryAfter }: { problems?: readonly ProblemDetail[]; retryAfter?: number } = {},
	) {
		super(code, message);
		this.status = status;
		this.problems = problems;
		this.retryAfter = retryAfter;
	}
}

export function notFound(what: string): Refusal {
	return new Refusal(404, "not-found", `there is no such ${what}`);
}
