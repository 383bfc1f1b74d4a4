import { inContext } from "../../bytes/error.ts";
import { readSecret, type SecretReference } from "../../notify/secret.ts";
import type { IncidentStore } from "../../store/incident-store.ts";
import type { Accounts, Role } from "./accounts.ts";

export interface ConfiguredUser {
	readonly name: string;
	readonly role: Role;
	readonly password: SecretReference;
}

/** Where the books keep the names of users that came from the configuration. */
const META_KEY = "configured-users";

/**
 * Makes the configuration's users those of the books. Users that have left the configuration are removed; users that were
 * made otherwise stay. Unchanged users stay logged in.
 */
export async function configureUsers(
	store: IncidentStore,
	accounts: Accounts,
	users: readonly ConfiguredUser[],
	environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
	for (const { name, role, password } of users) {
		try {
			const text = readSecret(password, environment).reveal();
			const known = await accounts.verify(name, text);
			if (known === undefined || known === "busy" || known.role !== role) await accounts.put(name, role, text);
		} catch (error) {
			throw inContext(`web: users: ${name}`, error);
		}
	}
	const names = users.map(({ name }) => name);
	const before = JSON.parse((await store.ask("books", "meta", META_KEY)) ?? "[]") as string[];
	for (const name of before) if (!names.includes(name)) await accounts.remove(name);
	if (before.join() !== names.join()) await store.ask("books", "setMeta", META_KEY, JSON.stringify(names));
}
