import type { OpenAPIHono } from "@hono/zod-openapi";
import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { DeCryptoError, reasonOf, UsageError } from "../bytes/error.ts";
import { newRoutes } from "./answers.ts";
import type { ServerContext, ServerEnv } from "./context.ts";
import { notFound, Refusal } from "./refusal.ts";
import { allowlistRoutes } from "./routes/allowlist-routes.ts";
import { changeRoutes } from "./routes/change-routes.ts";
import { healthRoutes } from "./routes/health-routes.ts";
import { incidentRoutes } from "./routes/incident-routes.ts";
import { modelRoutes } from "./routes/model-routes.ts";
import { nowRoutes } from "./routes/now-routes.ts";
import { poolRoutes } from "./routes/pool-routes.ts";
import { sessionRoutes } from "./routes/session-routes.ts";
import { systemRoutes } from "./routes/system-routes.ts";
import { isOwnHost } from "./security/host-guard.ts";
import { clientFinder, identifier } from "./security/identify.ts";
import { isSafe, type RequestOrigin } from "./security/identity.ts";
import { securityHeaders } from "./security/security-headers.ts";
import type { WebFiles } from "./web-files.ts";

const API = "/api/v1";
/** Bytes of a request body; 1000 identifiers of a bulk action need about 40 kB. */
const MOST_BODY = 256 * 1024;

/** Routes that are reached without a login. */
const PUBLIC = new Set([`GET ${API}/session`, `POST ${API}/session`]);
/** Changes that a viewer may make: those of the own session and tokens. */
const OWN = /^\/api\/v1\/(session|tokens)(\/|$)/;

/**
 * The whole server as a function from requests to responses: guards first, then routes, then the files of the web UI.
 * `openApi` makes the document that describes the API.
 */
export function createApp(context: ServerContext, files: WebFiles, warn: (line: string) => void) {
	const { counters } = context;
	const headers = Object.entries(securityHeaders(context.isEncrypted));
	const clientOf = clientFinder(context);
	const identify = identifier(context);
	const app = new Hono<ServerEnv>();

	app.use(async (c, next) => {
		counters.requests++;
		await next();
		for (const [name, value] of headers) c.res.headers.set(name, value);
		if (!c.res.headers.has("cache-control")) c.res.headers.set("cache-control", "no-store");
		if (c.res.status >= 500) counters.failed++;
		else if (c.res.status >= 400) counters.refused++;
	});
	app.use(async (c, next) => {
		c.set("client", clientOf(c));
		if ((await context.isOpen()) && !isOwnHost(c.req.header("host"), context.config.hosts)) {
			throw new Refusal(403, "foreign-host", "the server is not known by this name; see `hosts` in the configuration");
		}
		await next();
	});
	app.use(async (c, next) => {
		limitBody(c);
		await next();
	});
	app.use(`${API}/*`, async (c, next) => {
		const route = `${c.req.method} ${c.req.path}`;
		const isPublic = PUBLIC.has(route);
		// A login may come with an old token.
		const identity = await identify(c).catch((error) => (isPublic ? undefined : Promise.reject(error)));
		c.set("identity", identity);
		if (isPublic) {
			if (!isSafe(c.req.method)) context.forgery.checkOrigin(originOf(c));
			return next();
		}
		if (identity === undefined) throw new Refusal(401, "login-required", "log in first");
		if (!isSafe(c.req.method)) {
			context.forgery.check(identity, originOf(c));
			if (identity.role !== "operator" && !OWN.test(c.req.path)) {
				throw new Refusal(403, "role", "only operators may do this; your role is viewer");
			}
		}
		return next();
	});
	const api = apiRoutes(context, async (c) => (await identify(c).catch(() => undefined)) !== undefined);
	const openApi = () => openApiDocument(api, context.view.sender.version);
	app.get(`${API}/openapi.json`, (c) => c.json(openApi()));
	app.route(API, api);
	app.all("/api/*", () => {
		throw notFound("call of the API");
	});
	app.route("/", healthRoutes(context, identify));
	app.get("*", (c) => files.respond(c.req.raw));
	app.notFound(() => {
		throw notFound("page");
	});
	app.onError((error, c) => problemResponse(error, c, warn));
	return { app, openApi };
}

function apiRoutes(context: ServerContext, isStillAllowed: (c: Context<ServerEnv>) => Promise<boolean>) {
	const api = newRoutes();
	api.route("/", sessionRoutes(context));
	api.route("/", nowRoutes(context));
	api.route("/", incidentRoutes(context));
	api.route("/", poolRoutes(context));
	api.route("/", allowlistRoutes(context));
	api.route("/", modelRoutes(context));
	api.route("/", systemRoutes(context));
	api.route("/", changeRoutes(context, isStillAllowed));
	return api;
}

/** OpenAPI 3.1, made from the schemas that validate requests. */
function openApiDocument(api: OpenAPIHono<ServerEnv>, version: string) {
	return api.getOpenAPI31Document({
		openapi: "3.1.0",
		info: { title: "DeCrypto", version, description: "Incidents of cryptomining, and what to do with them." },
		servers: [{ url: API }],
	});
}

/** The length must be told before: Node.js reads no more than that. */
function limitBody(c: Context<ServerEnv>): void {
	if (c.req.header("transfer-encoding") !== undefined) {
		throw new Refusal(411, "length-required", "a request body needs the header Content-Length");
	}
	if (Number(c.req.header("content-length") ?? 0) > MOST_BODY) {
		throw new Refusal(413, "too-large", `a request has at most ${MOST_BODY} bytes`);
	}
}

function originOf(c: Context<ServerEnv>): RequestOrigin {
	return {
		host: c.req.header("host"),
		origin: c.req.header("origin"),
		fetchSite: c.req.header("sec-fetch-site"),
		csrfToken: c.req.header("x-csrf-token"),
	};
}

/** Clients learn what they did wrong; what went wrong inside is only logged. */
function problemResponse(error: Error, c: Context<ServerEnv>, warn: (line: string) => void): Response {
	if (error instanceof Refusal) {
		if (error.retryAfter !== undefined) c.header("retry-after", String(error.retryAfter));
		if (error.status === 401) c.header("www-authenticate", 'Bearer realm="decrypto"');
		const details = error.problems.length > 0 ? { details: [...error.problems] } : {};
		return c.json({ error: { code: error.code, message: error.message, ...details } }, error.status);
	}
	if (error instanceof HTTPException && error.status < 500) {
		return c.json({ error: { code: "malformed", message: error.message } }, error.status);
	}
	if (error instanceof UsageError) return c.json({ error: { code: "usage", message: error.message } }, 400);
	warn(`web: ${c.req.method} ${c.req.path}: ${reasonOf(error)}`);
	const isStore = error instanceof DeCryptoError && error.code.startsWith("store-");
	if (isStore) return c.json({ error: { code: error.code, message: "the store cannot be used now" } }, 503);
	return c.json({ error: { code: "failed", message: "the server failed; its log says why" } }, 500);
}
