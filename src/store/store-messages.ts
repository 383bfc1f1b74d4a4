import type { ErrorCode } from "../bytes/error-codes.ts";
import type { StoreEngine } from "./store-engine.ts";

/** The parts of the engine that the store's thread offers. */
export interface StoreParts {
	readonly engine: StoreEngine;
	readonly outbox: StoreEngine["outbox"];
	readonly details: StoreEngine["details"];
	readonly books: StoreEngine["books"];
}

export interface StoreQuestion {
	readonly number: number;
	readonly part: keyof StoreParts;
	readonly method: string;
	readonly values: readonly unknown[];
}

/** Number 0 answers the opening. */
export interface StoreAnswer {
	readonly number: number;
	readonly value?: unknown;
	readonly error?: { readonly code: ErrorCode; readonly message: string };
}
