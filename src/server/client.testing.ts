import type { TestContext } from "node:test";
import type { AllowlistEntry } from "../incident/allowlist-schema.ts";
import {
	PAYLOAD_OF_MINER,
	PAYLOAD_OF_POOL,
	type SightingChanges,
	shapeOf,
	sightingAt,
} from "../incident/sighting.testing.ts";
import type { Sighting } from "../incident/sighting.ts";
import { storePath } from "../store/store.testing.ts";
import { FakeDaemon } from "./fake-daemon.testing.ts";
import { type OpenApiDocument, ResponseChecker } from "./openapi.testing.ts";
import type { Role } from "./security/accounts.ts";
import { type WebConfig, webSchema } from "./web-schema.ts";
import { WebServer } from "./web-server.ts";

export interface CallOptions {
	readonly body?: unknown;
	readonly headers?: Readonly<Record<string, string>>;
	readonly token?: string;
	/** As a browser: with cookie and CSRF token. */
	readonly session?: BrowserSession;
}

export interface BrowserSession {
	readonly cookie: string;
	readonly csrfToken: string;
}

export interface Answered {
	readonly status: number;
	readonly headers: Headers;
	// biome-ignore lint/suspicious/noExplicitAny: the checker has compared it with its schema.
	readonly body: any;
	readonly text: string;
}

export const PASSWORD = "correct horse battery";

/** A server with a fake daemon behind it, and a client that compares every response with the OpenAPI document. */
export class TestServer {
	readonly daemon: FakeDaemon;
	readonly server: WebServer;
	readonly warnings: string[];
	readonly checker: ResponseChecker;

	constructor(daemon: FakeDaemon, server: WebServer, warnings: string[], document: OpenApiDocument) {
		this.daemon = daemon;
		this.server = server;
		this.warnings = warnings;
		this.checker = new ResponseChecker(document);
	}

	async call(method: string, path: string, options: CallOptions = {}): Promise<Answered> {
		const url = new URL(`api/v1${path}`, this.server.url);
		const response = await fetch(url, { method, ...requestOf(options) });
		const text = await response.text();
		const type = response.headers.get("content-type") ?? "";
		const body = type.startsWith("application/json") ? JSON.parse(text) : text;
		this.checker.check(method, url.pathname.slice("/api/v1".length), response.status, type, body);
		return { status: response.status, headers: response.headers, body, text };
	}

	async login(user: string, password = PASSWORD): Promise<BrowserSession> {
		const { headers, body } = await this.call("POST", "/session", { body: { user, password } });
		return { cookie: headers.getSetCookie()[0]!.split(";")[0]!, csrfToken: body.csrfToken };
	}
}

function requestOf({ body, headers, token, session }: CallOptions): RequestInit {
	return {
		...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
		headers: {
			...(body !== undefined && { "content-type": "application/json" }),
			...(token !== undefined && { authorization: `Bearer ${token}` }),
			...(session && { cookie: session.cookie, "x-csrf-token": session.csrfToken, "sec-fetch-site": "same-origin" }),
			...headers,
		},
		redirect: "manual",
	};
}

export interface TestServerOptions {
	readonly config?: Partial<Record<keyof WebConfig, unknown>>;
	readonly users?: Readonly<Record<string, Role>>;
	readonly entriesOfFile?: readonly AllowlistEntry[];
	readonly webFolder?: string;
	readonly heartbeat?: number;
}

/** Ends with the test. */
export async function startServer(t: TestContext, options: TestServerOptions = {}): Promise<TestServer> {
	const { config = {}, users = {}, entriesOfFile = [], webFolder, heartbeat } = options;
	const daemon = await FakeDaemon.open(storePath(t), entriesOfFile);
	const warnings: string[] = [];
	const server = new WebServer({
		view: daemon,
		config: webSchema.parse({ listen: "127.0.0.1:0", ...config }),
		warn: (line) => warnings.push(line),
		environment: { ALICE: PASSWORD, SHORT: "short" },
		webFolder: webFolder ?? "/nonexistent",
		...(heartbeat !== undefined && { heartbeat }),
	});
	t.after(async () => {
		await server[Symbol.asyncDispose]();
		await daemon[Symbol.asyncDispose]();
	});
	for (const [name, role] of Object.entries(users)) await server.accounts.put(name, role, PASSWORD);
	await server.start();
	return new TestServer(daemon, server, warnings, server.openApi() as OpenApiDocument);
}

/** Packets of a flow: the login and its answer, then jobs that the pool pushes every 20 s. */
export function minersPackets(begin: number): NonNullable<Sighting["packets"]> {
	return {
		lengths: [200, 150, 0, 320, 320, 110, 40],
		directions: [1, -1, 1, -1, -1, 1, -1],
		times: [0, 0.1, 0.2, 20, 40, 41, 41.2].map((seconds) => begin + seconds * 1e6),
		flags: [24, 24, 16, 24, 24, 24, 24],
	};
}

/** Three hosts: one confirmed at a named pool, one by shape with a hostile server name, one at an address. */
export function threeHosts(): Sighting[] {
	const seen = (minutes: number, host: number, changes: SightingChanges) => {
		const sighting = sightingAt(minutes, { miner: { address: `10.3.7.${host}`, port: 50_000 + host }, ...changes });
		return { ...sighting, packets: minersPackets(sighting.begin), packetsToPool: 9, packetsToMiner: 9 };
	};
	const shape = { ...shapeOf(0.95), features: [{ name: "PUSH_SHARE", value: 0.7, effect: 0.4 }] };
	return [
		seen(0, 21, {
			evidence: [PAYLOAD_OF_MINER, PAYLOAD_OF_POOL, shape],
			coin: "Monero",
			serverName: "xmr.pool.example",
			pool: { address: "203.0.113.7", port: 3333 },
			outcome: "working",
		}),
		seen(1, 22, { evidence: [shape], serverName: HOSTILE_NAME, pool: { address: "203.0.113.8", port: 443 } }),
		seen(2, 23, { evidence: [PAYLOAD_OF_MINER], pool: { address: "203.0.113.9", port: 4444 } }),
	];
}

export const HOSTILE_NAME = '*.<script>alert(1)</script>"\u202e\u001b[31m,=1+1';
