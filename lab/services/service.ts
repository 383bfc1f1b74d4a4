import type { Random } from "../random.ts";
import type { Session } from "./session.ts";

/** What a client does with a service. */
export interface Pattern {
	readonly name: string;
	/** Runs until the laboratory closes its connections; scripts may open several. */
	run(bench: Bench): Promise<unknown>;
}

/** What a pattern works with: connections to its service through the proxy, and its own randomness. */
export interface Bench {
	/** Different for each bench: a name for channels, queues and users. */
	readonly name: string;
	readonly random: Random;
	connect(): Promise<Session>;
}

/** A server and the ways in which clients use it. */
export interface Service {
	readonly name: string;
	readonly patterns: readonly Pattern[];
	/** How the daemon is started; absent where `serve` answers. */
	readonly daemon?: Daemon;
	/** A server of our own: called for each connection. */
	readonly serve?: (session: Session, random: Random) => Promise<unknown>;
}

/** A daemon of a Debian package. */
export interface Daemon {
	readonly port: number;
	/** Files of its folder, by name, before it is started. */
	readonly files?: Readonly<Record<string, string>>;
	/** Shell commands that prepare the folder, `$DIR`. */
	readonly prepare?: string;
	/** Shell command that runs it in the foreground. */
	readonly command: string;
}

/** Runs scripts side by side; ends with the first that fails. */
export function together(...scripts: readonly Promise<unknown>[]): Promise<unknown> {
	return Promise.all(scripts);
}
