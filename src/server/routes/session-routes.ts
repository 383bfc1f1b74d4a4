import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { answers, jsonBody, newRoutes } from "../answers.ts";
import type { Session } from "../api-types.ts";
import { audit, identityOf, type ServerContext, type ServerEnv } from "../context.ts";
import { notFound, Refusal } from "../refusal.ts";
import { doneSchema } from "../schemas/common.ts";
import {
	loginSchema,
	sessionSchema,
	tokenCreatedSchema,
	tokenRequestSchema,
	tokensSchema,
} from "../schemas/session.ts";
import { TOKEN_DAY } from "../security/accounts.ts";
import type { Identity } from "../security/identity.ts";
import { clientKey } from "../security/login-limit.ts";
import { sessionCookieName } from "../security/session-cookie.ts";

const tags = ["session"];

const readSession = createRoute({
	method: "get",
	path: "/session",
	operationId: "readSession",
	summary: "Who is logged in, and what they may do",
	tags,
	responses: answers(sessionSchema, "The session"),
});

const login = createRoute({
	method: "post",
	path: "/session",
	operationId: "login",
	summary: "Log in: sets the session's cookie",
	tags,
	request: { body: jsonBody(loginSchema) },
	responses: answers(sessionSchema, "The new session"),
});

const logout = createRoute({
	method: "delete",
	path: "/session",
	operationId: "logout",
	summary: "Log out: ends the session",
	tags,
	responses: answers(doneSchema, "The session has ended"),
});

const listTokens = createRoute({
	method: "get",
	path: "/tokens",
	operationId: "listTokens",
	summary: "Your tokens for programs",
	tags,
	responses: answers(tokensSchema, "Your tokens, without their secrets"),
});

const createToken = createRoute({
	method: "post",
	path: "/tokens",
	operationId: "createToken",
	summary: "Make a token for a program; it may do what you may do",
	tags,
	request: { body: jsonBody(tokenRequestSchema) },
	responses: answers(tokenCreatedSchema, "The token: it is shown only now"),
});

const removeToken = createRoute({
	method: "delete",
	path: "/tokens/{name}",
	operationId: "removeToken",
	summary: "End one of your tokens",
	tags,
	request: { params: z.object({ name: z.string().max(64) }) },
	responses: answers(doneSchema, "The token has ended"),
});

export function sessionRoutes(context: ServerContext) {
	const { view, config, accounts, forgery, limits, counters, isEncrypted } = context;

	return newRoutes()
		.openapi(readSession, async (c) => c.json(await sessionView(c.get("identity")), 200))
		.openapi(login, async (c) => {
			const { user: name, password } = c.req.valid("json");
			limitLogins(c, name);
			const user = await accounts.verify(name, password);
			if (user === "busy") throw new Refusal(503, "busy", "too many logins at the same time", { retryAfter: 2 });
			const client = c.get("client");
			if (user === undefined) {
				counters.failedLogins++;
				await note(`${name} from ${client}`, "login refused");
				throw new Refusal(401, "login", "user name or password is wrong");
			}
			limits.client.forget(clientKey(client));
			limits.user.forget(name);
			counters.logins++;
			await note(`${name} from ${client}`, "login");
			// A session that the browser brought along ends: nobody else can know the new one (session fixation).
			const old = c.get("identity");
			if (old?.kind === "session") await accounts.end(old.tokenHash!);
			const validity = config.session_hours * 3600_000;
			const { secret, tokenHash } = await accounts.grant(user, "session", client, validity);
			setCookie(c, sessionCookieName(isEncrypted), secret, {
				httpOnly: true,
				sameSite: "Strict",
				secure: isEncrypted,
				path: "/",
				maxAge: Math.floor(validity / 1000),
			});
			return c.json(await sessionView({ kind: "session", ...user, tokenHash }), 200);
		})
		.openapi(logout, async (c) => {
			const { kind, tokenHash } = identityOf(c);
			const cookie = sessionCookieName(isEncrypted);
			if (kind !== "session" || getCookie(c, cookie) === undefined) {
				throw new Refusal(409, "no-session", "there is no session of a browser to end");
			}
			await audit(context, c, "logout", identityOf(c).name);
			await accounts.end(tokenHash!);
			deleteCookie(c, cookie, { path: "/", secure: isEncrypted });
			return c.json({ done: true as const }, 200);
		})
		.openapi(listTokens, async (c) => {
			const tokens = await accounts.tokens(identityOf(c).name);
			return c.json(
				{
					tokens: tokens.map(({ name, user, created, expires }) => ({
						name,
						user,
						created: created * 1000,
						expires: expires * 1000,
					})),
				},
				200,
			);
		})
		.openapi(createToken, async (c) => {
			const { name, days } = c.req.valid("json");
			const owner = loggedIn(identityOf(c));
			if ((await accounts.tokens(owner.name)).some((token) => token.name === name)) {
				throw new Refusal(409, "exists", `you have a token ${name} already`);
			}
			await audit(context, c, "make token", name, `${days} days`);
			const { secret, expires } = await accounts.grant(owner, "token", name, days * TOKEN_DAY);
			return c.json({ name, token: secret, expires: expires * 1000 }, 200);
		})
		.openapi(removeToken, async (c) => {
			const { name } = c.req.valid("param");
			const tokens = await accounts.tokens(loggedIn(identityOf(c)).name);
			const token = tokens.find((each) => each.name === name);
			if (token === undefined) throw notFound("token of yours");
			await audit(context, c, "end token", name);
			await accounts.end(token.tokenHash);
			return c.json({ done: true as const }, 200);
		});

	async function sessionView(identity: Identity | undefined): Promise<Session> {
		return {
			user: identity === undefined || identity.kind === "local" ? null : identity.name,
			role: identity?.role ?? null,
			loginRequired: !(await context.isOpen()),
			csrfToken: identity ? forgery.tokenFor(identity) : null,
			mayProbe: view.prober !== undefined && identity?.role === "operator",
			version: identity ? view.sender.version : null,
		};
	}

	function limitLogins(c: Context<ServerEnv>, name: string): void {
		const now = view.sender.now();
		const wait = Math.max(limits.client.attempt(clientKey(c.get("client")), now), limits.user.attempt(name, now));
		if (wait === 0) return;
		counters.failedLogins++;
		const retryAfter = Math.ceil(wait / 1000);
		throw new Refusal(429, "too-many-logins", `too many logins; try again in ${retryAfter} s`, { retryAfter });
	}

	function note(actor: string, action: string): Promise<void> {
		return view.store.ask("books", "audit", { at: view.sender.now(), actor, action, subject: "session", detail: "" });
	}
}

/** Tokens are made by people, not by other tokens: a token that leaked must not be able to outlive its end. */
function loggedIn(identity: Identity): Identity {
	if (identity.kind === "session" || identity.kind === "proxy") return identity;
	throw new Refusal(403, "login-first", "tokens belong to users: log in with name and password first");
}
