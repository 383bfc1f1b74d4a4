import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { inContext, UsageError } from "../bytes/error.ts";

/** A password, token or key. Printing, inspecting or serialising it never shows its text. */
export class Secret {
	readonly #text: string;

	constructor(text: string) {
		this.#text = text;
	}

	/** The text itself: for the call that needs it, nothing else. */
	reveal(): string {
		return this.#text;
	}

	toString(): string {
		return "(secret)";
	}

	toJSON(): string {
		return "(secret)";
	}

	[inspect.custom](): string {
		return "(secret)";
	}
}

/** How a configuration names a secret. */
export type SecretReference = { readonly file: string } | { readonly env: string };

/** Reads a secret; a line feed at the end of a file does not belong to it. Throws a `UsageError` if it is missing. */
export function readSecret(
	reference: SecretReference,
	environment: Readonly<Record<string, string | undefined>>,
): Secret {
	if ("env" in reference) {
		const text = environment[reference.env];
		if (text === undefined || text === "") throw new UsageError(`the environment variable ${reference.env} is not set`);
		return new Secret(text);
	}
	try {
		return new Secret(readFileSync(reference.file, "utf8").replace(/\r?\n$/, ""));
	} catch (error) {
		throw inContext(`secret ${reference.file}`, error);
	}
}
