import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { inContext } from "../bytes/error.ts";
import { readSecret, type SecretReference } from "../notify/secret.ts";

/** SHA-256 of the file's content. Throws one line that names it. */
export function digestOfFile(path: string): string {
	try {
		return createHash("sha256").update(readFileSync(path)).digest("hex");
	} catch (error) {
		throw inContext(path, error);
	}
}

/** The value with a digest beside each reference to a secret, so that a changed secret is a changed receiver. */
export function withSecretDigests(value: unknown, environment: Readonly<Record<string, string | undefined>>): unknown {
	if (Array.isArray(value)) return value.map((member) => withSecretDigests(member, environment));
	if (typeof value !== "object" || value === null) return value;
	if (isSecretReference(value)) {
		const digest = createHash("sha256").update(readSecret(value, environment).reveal()).digest("hex");
		return { ...value, digest };
	}
	return Object.fromEntries(
		Object.entries(value).map(([key, member]) => [key, withSecretDigests(member, environment)]),
	);
}

/** A map whose only key is `file` or `env`; a receiver that writes to a file has a name, too. */
function isSecretReference(value: object): value is SecretReference {
	const [key, ...others] = Object.keys(value);
	return others.length === 0 && (key === "file" || key === "env");
}
