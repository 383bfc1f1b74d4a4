import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import type { ServerContext, ServerEnv } from "../context.ts";
import { Refusal } from "../refusal.ts";
import { contains, forwardedAddress, networkList, plainAddress } from "./client-address.ts";
import type { Identity } from "./identity.ts";
import { sessionCookieName } from "./session-cookie.ts";

/** The client of a request, by its connection and what a trusted proxy says. */
export function clientFinder({ config }: Pick<ServerContext, "config">): (c: Context<ServerEnv>) => string {
	const proxy = config.behind_proxy;
	const trusted = networkList(proxy?.trusted ?? []);
	return (c) => {
		const peer = plainAddress(c.env.incoming.socket.remoteAddress ?? "");
		if (proxy === undefined) return peer;
		if (!contains(trusted, peer)) throw new Refusal(403, "not-a-proxy", "this server answers its proxy only");
		const header = c.req.header(proxy.address_header);
		return (header === undefined ? undefined : forwardedAddress(header, trusted)) ?? peer;
	};
}

/** Who asks: by a program's token, by the session of a browser, by the proxy's word, or somebody local. */
export function identifier(context: ServerContext): (c: Context<ServerEnv>) => Promise<Identity | undefined> {
	const { accounts, config, isEncrypted } = context;
	const userHeader = config.behind_proxy?.user_header;
	return async (c) => {
		const authorization = c.req.header("authorization");
		if (authorization !== undefined) return byToken(authorization);
		const secret = getCookie(c, sessionCookieName(isEncrypted));
		if (secret !== undefined) {
			const found = await accounts.session(secret);
			if (found?.session.kind === "session") {
				return { kind: "session", ...found.user, tokenHash: found.session.tokenHash };
			}
		}
		const name = userHeader === undefined ? undefined : c.req.header(userHeader);
		const user = name === undefined ? undefined : await accounts.user(name);
		if (user) return { kind: "proxy", ...user };
		if (await context.isOpen()) return { kind: "local", name: "local", role: config.role_without_users };
		return undefined;
	};

	async function byToken(authorization: string): Promise<Identity> {
		const secret = /^Bearer ([\w-]{1,200})$/i.exec(authorization)?.[1];
		const found = secret === undefined ? undefined : await accounts.session(secret);
		if (found?.session.kind === "token") return { kind: "token", ...found.user, tokenHash: found.session.tokenHash };
		throw new Refusal(401, "token", "the token is not known, or has expired");
	}
}
