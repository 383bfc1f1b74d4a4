import type { Problem } from "../../src/server/api-types.ts";

const BASE = "/api/v1";

/** What the server answered instead of data. */
export class ApiError extends Error {
	readonly status: number;
	readonly details: readonly { readonly path: string; readonly message: string }[];

	constructor(status: number, message: string, details: ApiError["details"] = []) {
		super(message);
		this.status = status;
		this.details = details;
	}
}

/** Sent with every request that changes something; from the session. */
let csrfToken: string | null = null;
/** Called when the server says that nobody is logged in. */
let onUnauthorised: () => void = () => {};

export function setCsrfToken(token: string | null): void {
	csrfToken = token;
}

export function setUnauthorisedHandler(handler: () => void): void {
	onUnauthorised = handler;
}

export function apiAddress(path: string): string {
	return BASE + path;
}

/** Reads a resource. Throws `ApiError`; aborting throws the signal's reason. */
export async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
	return answerOf<T>(await reached(fetch(BASE + path, { ...(signal && { signal }), cache: "no-store" })));
}

/** Changes something. Throws `ApiError`. */
export async function send<T>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T> {
	const headers: Record<string, string> = { "Content-Type": "application/json" };
	if (csrfToken !== null) headers["X-CSRF-Token"] = csrfToken;
	return answerOf<T>(await reached(fetch(BASE + path, { method, headers, body: JSON.stringify(body ?? {}) })));
}

async function reached(response: Promise<Response>): Promise<Response> {
	try {
		return await response;
	} catch (error) {
		if (error instanceof DOMException && error.name === "AbortError") throw error;
		throw new ApiError(0, "The server does not answer. Is decrypto watch running?");
	}
}

async function answerOf<T>(response: Response): Promise<T> {
	if (response.ok) return (await response.json()) as T;
	if (response.status === 401) onUnauthorised();
	const problem = (await response.json().catch(() => undefined)) as Problem | undefined;
	const message = problem?.error?.message ?? `The server answered ${response.status} ${response.statusText}.`;
	throw new ApiError(response.status, message, problem?.error?.details);
}
