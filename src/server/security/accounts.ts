import { createHash, randomBytes } from "node:crypto";
import { UsageError } from "../../bytes/error.ts";
import type { StoredSession, StoredUser } from "../../store/bookkeeping.ts";
import type { IncidentStore } from "../../store/incident-store.ts";
import { ROLES } from "../schemas/session.ts";
import { hashPassword, SHORTEST_PASSWORD, verifyPassword } from "./password.ts";

export type Role = (typeof ROLES)[number];

export interface User {
	readonly name: string;
	readonly role: Role;
}

/** A secret that was just made, and until when it is valid (milliseconds since the epoch). The secret is not kept. */
export interface Granted {
	readonly secret: string;
	readonly tokenHash: string;
	readonly expires: number;
}

/** What is known of users and sessions may be this old, in milliseconds: another program may change the store's books. */
const MOST_AGE = 2000;
const DAY = 86_400_000;
/** Sessions and tokens of one user; the oldest end when there are more. */
const MOST_SESSIONS = 20;
const MOST_TOKENS = 50;
/** Passwords verified at the same time: each needs 32 MiB. */
const MOST_VERIFICATIONS = 4;

export const USER_NAME = /^[\w.@-]{1,64}$/;

interface Known {
	readonly at: number;
	readonly users: ReadonlyMap<string, StoredUser>;
	readonly sessions: ReadonlyMap<string, StoredSession>;
}

/** Users, their sessions in browsers and their tokens for programs, as the store's books have them. */
export class Accounts {
	readonly #store: IncidentStore;
	readonly #now: () => number;
	#known: Known | undefined;
	#refreshing: Promise<Known> | undefined;
	#verifying = 0;

	/** `now`: milliseconds since the epoch. */
	constructor(store: IncidentStore, now: () => number) {
		this.#store = store;
		this.#now = now;
	}

	async hasUsers(): Promise<boolean> {
		return (await this.#fresh()).users.size > 0;
	}

	async user(name: string): Promise<User | undefined> {
		const stored = (await this.#fresh()).users.get(name);
		return stored && plainUser(stored);
	}

	/** Adds a user, or changes role and password of one. Throws a `UsageError` for a name or password that is not allowed. */
	async put(name: string, role: Role, password: string): Promise<void> {
		if (!USER_NAME.test(name)) {
			throw new UsageError("a user name has 1 to 64 letters, digits, '.', '_', '@' or '-'", { name });
		}
		if (password.length < SHORTEST_PASSWORD) {
			throw new UsageError(`a password has at least ${SHORTEST_PASSWORD} characters`);
		}
		const hash = await hashPassword(password);
		await this.#store.ask("books", "putUser", { name, role, hash, created: this.#now() });
		await this.#endAll(name);
	}

	/** With all sessions and tokens; false if there is no such user. */
	async remove(name: string): Promise<boolean> {
		const removed = await this.#store.ask("books", "removeUser", name);
		this.#known = undefined;
		return removed;
	}

	/** The user, if the password is right; `busy` if too many passwords are being verified. Takes as long for unknown names. */
	async verify(name: string, password: string): Promise<User | "busy" | undefined> {
		if (this.#verifying >= MOST_VERIFICATIONS) return "busy";
		this.#verifying++;
		try {
			const stored = (await this.#fresh()).users.get(name);
			const isRight = await verifyPassword(password, stored?.hash ?? (await decoyHash()));
			return isRight && stored ? plainUser(stored) : undefined;
		} finally {
			this.#verifying--;
		}
	}

	/** A session or token that has not expired, with its user. */
	async session(secret: string): Promise<{ readonly session: StoredSession; readonly user: User } | undefined> {
		const { sessions, users } = await this.#fresh();
		const session = sessions.get(hashOf(secret));
		if (session === undefined || session.expires <= this.#now()) return undefined;
		const stored = users.get(session.user);
		return stored && { session, user: plainUser(stored) };
	}

	async grant(user: User, kind: "session" | "token", name: string, validity: number): Promise<Granted> {
		const secret = `${kind === "token" ? "dct_" : ""}${randomBytes(32).toString("base64url")}`;
		const [created, tokenHash] = [this.#now(), hashOf(secret)];
		const expires = created + validity;
		await this.#bound(user.name, kind);
		await this.#store.ask("books", "putSession", { tokenHash, user: user.name, kind, name, created, expires });
		this.#known = undefined;
		return { secret, tokenHash, expires };
	}

	async tokens(user: string): Promise<readonly StoredSession[]> {
		const { sessions } = await this.#fresh();
		return [...sessions.values()].filter((each) => each.kind === "token" && each.user === user);
	}

	async end(tokenHash: string): Promise<boolean> {
		const ended = await this.#store.ask("books", "removeSession", tokenHash);
		this.#known = undefined;
		return ended;
	}

	async #endAll(user: string): Promise<void> {
		this.#known = undefined;
		const { sessions } = await this.#fresh();
		for (const { tokenHash, user: owner } of sessions.values()) if (owner === user) await this.end(tokenHash);
		this.#known = undefined;
	}

	async #bound(user: string, kind: "session" | "token"): Promise<void> {
		const { sessions } = await this.#fresh();
		const own = [...sessions.values()].filter((each) => each.user === user && each.kind === kind);
		const most = kind === "token" ? MOST_TOKENS : MOST_SESSIONS;
		for (const { tokenHash } of own.slice(0, Math.max(0, own.length - most + 1))) await this.end(tokenHash);
	}

	async #fresh(): Promise<Known> {
		const known = this.#known;
		if (known && this.#now() - known.at < MOST_AGE && this.#now() >= known.at) return known;
		this.#refreshing ??= this.#read().finally(() => {
			this.#refreshing = undefined;
		});
		return this.#refreshing;
	}

	async #read(): Promise<Known> {
		const at = this.#now();
		const [users, sessions] = await Promise.all([
			this.#store.ask("books", "users"),
			this.#store.ask("books", "sessions", at),
		]);
		const known = {
			at,
			users: new Map(users.map((user) => [user.name, user])),
			sessions: new Map(sessions.map((session) => [session.tokenHash, session])),
		};
		this.#known = known;
		return known;
	}
}

export const TOKEN_DAY = DAY;

function hashOf(secret: string): string {
	return createHash("sha256").update(secret).digest("hex");
}

/** A role that the program does not know permits as little as possible. */
function plainUser({ name, role }: StoredUser): User {
	return { name, role: ROLES.find((each) => each === role) ?? "viewer" };
}

let decoy: Promise<string> | undefined;

/** The hash of a password that nobody has: verifying it takes as long as verifying a user's. Made once per process. */
function decoyHash(): Promise<string> {
	decoy ??= hashPassword(randomBytes(32).toString("base64url"));
	return decoy;
}
