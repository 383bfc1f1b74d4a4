import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { ChangeHub } from "./change-hub.ts";
import type { DaemonView } from "./daemon-view.ts";
import type { Accounts } from "./security/accounts.ts";
import type { ForgeryGuard, Identity } from "./security/identity.ts";
import type { AttemptLimit } from "./security/login-limit.ts";
import type { WebConfig } from "./web-schema.ts";

/** What the guards find out about a request before a route sees it. */
export interface ServerEnv {
	Bindings: HttpBindings;
	Variables: {
		/** Absent where nobody is logged in: only a few routes are reached then. */
		identity: Identity | undefined;
		/** The client's address. */
		client: string;
	};
}

export interface ServerCounters {
	requests: number;
	/** Answers with status 4xx, and with 5xx. */
	refused: number;
	failed: number;
	logins: number;
	failedLogins: number;
	/** Streams of changes that are open. */
	streams: number;
}

/** What all routes share. */
export interface ServerContext {
	readonly view: DaemonView;
	readonly config: WebConfig;
	readonly accounts: Accounts;
	readonly forgery: ForgeryGuard;
	readonly hub: ChangeHub;
	readonly counters: ServerCounters;
	/** Logins by client and by user name; probes of all clients. */
	readonly limits: { readonly client: AttemptLimit; readonly user: AttemptLimit; readonly probes: AttemptLimit };
	/** Of streams of changes, in milliseconds. */
	readonly heartbeat: number;
	/** Whether clients reach the server by TLS, here or at the proxy. */
	readonly isEncrypted: boolean;
	/** Whether requests without a login are local and permitted: no users, and a loopback address. */
	isOpen(): Promise<boolean>;
}

/** The identity of a request that has passed the guards. */
export function identityOf(c: Context<ServerEnv>): Identity {
	return c.get("identity")!;
}

/** Writes what is about to happen into the audit trail. If that fails, it must not happen. */
export async function audit(
	{ view }: ServerContext,
	c: Context<ServerEnv>,
	action: string,
	subject: string,
	detail = "",
): Promise<void> {
	const { name, kind } = identityOf(c);
	const actor = `${name}${kind === "token" ? " (token)" : ""} from ${c.get("client")}`;
	await view.store.ask("books", "audit", { at: view.sender.now(), actor, action, subject, detail });
}
