import type { DatabaseSync, SQLInputValue } from "node:sqlite";

/** What an operator said of an incident: a label or a note. */
export interface Remark {
	/** Milliseconds since the epoch. */
	readonly at: number;
	readonly author: string;
	readonly kind: "miner" | "not-a-miner" | "note";
	readonly text: string;
}

export interface AuditRecord {
	readonly at: number;
	readonly actor: string;
	readonly action: string;
	readonly subject: string;
	readonly detail: string;
}

export interface StoredAllowlistEntry {
	readonly id: string;
	/** `api`, or the file that the entry comes from. */
	readonly source: string;
	readonly entry: object;
	readonly created: number;
	readonly hits: number;
	/** Microseconds since the epoch of flow time. */
	readonly lastHit?: number;
}

export interface StoredUser {
	readonly name: string;
	readonly role: string;
	readonly hash: string;
	readonly created: number;
}

/** A session of a browser, or a token of a program; only the token's hash is kept. */
export interface StoredSession {
	readonly tokenHash: string;
	readonly user: string;
	readonly kind: "session" | "token";
	readonly name: string;
	readonly created: number;
	readonly expires: number;
}

/** What people and the program note beside incidents. Times are milliseconds since the epoch unless stated. */
export class Bookkeeping {
	readonly #database: DatabaseSync;

	constructor(database: DatabaseSync) {
		this.#database = database;
	}

	meta(key: string): string | undefined {
		const row = this.#get("SELECT value FROM meta WHERE key = ?", key);
		return row && String(row.value);
	}

	setMeta(key: string, value: string): void {
		this.#run("INSERT OR REPLACE INTO meta VALUES (?, ?)", key, value);
	}

	/** False if there is no such incident. */
	addRemark(incident: string, { at, author, kind, text }: Remark): boolean {
		const sql = `INSERT INTO remarks (incident, at, author, kind, text)
			SELECT number, ?, ?, ?, ? FROM incidents WHERE id = ?`;
		return this.#run(sql, at, author, kind, text, incident) > 0;
	}

	remarks(incident: string): Remark[] {
		const sql = `SELECT r.at, author, kind, r.text FROM remarks r JOIN incidents i ON r.incident = i.number
			WHERE i.id = ? ORDER BY r.at, r.number`;
		return this.#all(sql, incident) as unknown as Remark[];
	}

	/** The last label of each labelled incident: what training reads. */
	labels(): { readonly incident: string; readonly kind: Remark["kind"]; readonly at: number }[] {
		const sql = `SELECT i.id AS incident, kind, max(r.at) AS at FROM remarks r JOIN incidents i ON r.incident = i.number
			WHERE kind <> 'note' GROUP BY i.id ORDER BY at`;
		return this.#all(sql) as unknown as { incident: string; kind: Remark["kind"]; at: number }[];
	}

	audit({ at, actor, action, subject, detail }: AuditRecord): void {
		const sql = "INSERT INTO audit (at, actor, action, subject, detail) VALUES (?, ?, ?, ?, ?)";
		this.#run(sql, at, actor, action, subject, detail);
	}

	/** Newest first. */
	auditTrail(limit: number): AuditRecord[] {
		const sql = "SELECT at, actor, action, subject, detail FROM audit ORDER BY number DESC LIMIT ?";
		return this.#all(sql, limit) as unknown as AuditRecord[];
	}

	/** Replaces what is known of the entry, but not its hits. */
	putAllowlistEntry(id: string, source: string, entry: object, now: number): void {
		const sql = `INSERT INTO allowlist (id, source, body, created) VALUES (?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET source = excluded.source, body = excluded.body`;
		this.#run(sql, id, source, JSON.stringify(entry), now);
	}

	removeAllowlistEntry(id: string): boolean {
		return this.#run("DELETE FROM allowlist WHERE id = ?", id) > 0;
	}

	allowlist(): StoredAllowlistEntry[] {
		return this.#all("SELECT * FROM allowlist ORDER BY created, id").map((row) => ({
			id: String(row.id),
			source: String(row.source),
			entry: JSON.parse(String(row.body)) as object,
			created: Number(row.created),
			hits: Number(row.hits),
			...(row.last_hit !== null && { lastHit: Number(row.last_hit) }),
		}));
	}

	countHits(id: string, count: number, last: number): void {
		const sql = "UPDATE allowlist SET hits = hits + ?, last_hit = max(coalesce(last_hit, 0), ?) WHERE id = ?";
		this.#run(sql, count, Math.round(last), id);
	}

	putUser({ name, role, hash, created }: StoredUser): void {
		const sql = `INSERT INTO users VALUES (?, ?, ?, ?)
			ON CONFLICT (name) DO UPDATE SET role = excluded.role, hash = excluded.hash`;
		this.#run(sql, name, role, hash, created);
	}

	/** With all sessions and tokens of the user. */
	removeUser(name: string): boolean {
		return this.#run("DELETE FROM users WHERE name = ?", name) > 0;
	}

	users(): StoredUser[] {
		return this.#all("SELECT name, role, hash, created FROM users ORDER BY name") as unknown as StoredUser[];
	}

	putSession({ tokenHash, user, kind, name, created, expires }: StoredSession): void {
		this.#run(
			"INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?)",
			tokenHash,
			user,
			kind,
			name,
			created,
			expires,
		);
	}

	/** Undefined once expired. */
	session(tokenHash: string, now: number): StoredSession | undefined {
		return this.sessions(now).find((each) => each.tokenHash === tokenHash);
	}

	sessions(now: number): StoredSession[] {
		const sql = `SELECT token_hash AS tokenHash, user, kind, name, created, expires FROM sessions
			WHERE expires > ? ORDER BY created`;
		return this.#all(sql, now) as unknown as StoredSession[];
	}

	removeSession(tokenHash: string): boolean {
		return this.#run("DELETE FROM sessions WHERE token_hash = ?", tokenHash) > 0;
	}

	#get(sql: string, ...values: SQLInputValue[]) {
		return this.#database.prepare(sql).get(...values);
	}

	#all(sql: string, ...values: SQLInputValue[]) {
		return this.#database.prepare(sql).all(...values);
	}

	#run(sql: string, ...values: SQLInputValue[]): number {
		return Number(this.#database.prepare(sql).run(...values).changes);
	}
}
