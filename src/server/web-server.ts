import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { type Component, HEALTHY, type Health } from "../bytes/component.ts";
import { inContext, UsageError } from "../bytes/error.ts";
import { createApp } from "./app.ts";
import { ChangeHub } from "./change-hub.ts";
import type { ServerCounters } from "./context.ts";
import type { DaemonView } from "./daemon-view.ts";
import { isLoopback, parseListenAddress, urlHost } from "./listen-address.ts";
import { Accounts } from "./security/accounts.ts";
import { configureUsers } from "./security/configured-users.ts";
import { ForgeryGuard } from "./security/identity.ts";
import { AttemptLimit } from "./security/login-limit.ts";
import { WEB_FOLDER, WebFiles } from "./web-files.ts";
import type { WebConfig } from "./web-schema.ts";

export interface WebServerOptions {
	readonly view: DaemonView;
	readonly config: WebConfig;
	/** Called for what went wrong inside. */
	readonly warn: (line: string) => void;
	/** Where the built web UI is; default: in the package. */
	readonly webFolder?: string;
	/** Where `{ env: … }` of passwords is looked up. */
	readonly environment?: Readonly<Record<string, string | undefined>>;
	/** Milliseconds after which a stream of changes shows that it stands, and its session is checked; default 15 s. */
	readonly heartbeat?: number;
}

const MINUTE = 60_000;

/** The web UI, the API, health checks and optionally metrics on one address. */
export class WebServer implements Component {
	readonly name: string;
	readonly accounts: Accounts;
	readonly counters: ServerCounters = {
		requests: 0,
		refused: 0,
		failed: 0,
		logins: 0,
		failedLogins: 0,
		streams: 0,
	};
	readonly #options: WebServerOptions;
	readonly #hub: ChangeHub;
	#server: Server | undefined;
	#closed: Promise<unknown> = Promise.resolve();
	#failure: string | undefined;
	#openApi: (() => object) | undefined;

	constructor(options: WebServerOptions) {
		this.#options = options;
		const { view, config } = options;
		this.name = `web ${config.listen}`;
		this.accounts = new Accounts(view.store, view.sender.now);
		this.#hub = new ChangeHub(view);
	}

	/** Begins to listen. Throws a `UsageError` where others than this machine could come in without login or encryption. */
	async start(): Promise<void> {
		const { config, view, warn, webFolder, heartbeat = 15_000 } = this.#options;
		const { host, port } = parseListenAddress(config.listen)!;
		await configureUsers(view.store, this.accounts, config.users, this.#options.environment ?? {});
		await this.#refuseUnsafe(host);
		const { app, openApi } = createApp(
			{
				view,
				config,
				accounts: this.accounts,
				forgery: new ForgeryGuard(),
				hub: this.#hub,
				counters: this.counters,
				limits: {
					client: new AttemptLimit({ attempts: 10, period: 5 * MINUTE, mostKeys: 10_000 }),
					user: new AttemptLimit({ attempts: 50, period: 5 * MINUTE, mostKeys: 10_000 }),
					probes: new AttemptLimit({ attempts: 10, period: MINUTE, mostKeys: 1 }),
				},
				heartbeat,
				isEncrypted: this.#isEncrypted(),
				isOpen: async () => isLoopback(host) && !config.behind_proxy && !(await this.accounts.hasUsers()),
			},
			new WebFiles(webFolder ?? WEB_FOLDER),
			warn,
		);
		this.#openApi = openApi;
		const listener = getRequestListener((request, env) => app.fetch(request, env as HttpBindings), {
			hostname: urlHost(host),
			overrideGlobalObjects: false,
		});
		const options = { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 10_000 };
		const { tls } = config;
		const server = tls
			? createHttpsServer(
					{ ...options, cert: readPem(tls.cert), key: readPem(tls.key), minVersion: "TLSv1.2" },
					listener,
				)
			: createHttpServer(options, listener);
		server.maxConnections = 2000;
		this.#server = server;
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		server.once("error", (error) => reject(inContext(`web: ${config.listen}`, error)));
		server.listen(port, host, resolve);
		await promise;
		this.#closed = new Promise((resolve) => server.once("close", resolve));
		server.on("error", (error) => {
			this.#failure = error.message;
		});
	}

	/** Where it listens, once started: what to open in a browser. */
	get url(): string {
		const { host } = parseListenAddress(this.#options.config.listen)!;
		const { port } = this.#server!.address() as AddressInfo;
		return `${this.#options.config.tls ? "https" : "http"}://${urlHost(host)}:${port}/`;
	}

	/** The OpenAPI document of the API, once started. */
	openApi(): object {
		return this.#openApi!();
	}

	health(): Health {
		return this.#failure === undefined ? HEALTHY : { state: "failed", reason: this.#failure };
	}

	/** Answers what was asked, then ends; streams of changes end at once. */
	stop(): void {
		this.#hub[Symbol.dispose]();
		this.#server?.close();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.stop();
		this.#server?.closeAllConnections();
		await this.#closed;
	}

	#isEncrypted(): boolean {
		const { tls, behind_proxy: proxy } = this.#options.config;
		return tls !== undefined || proxy !== undefined;
	}

	async #refuseUnsafe(host: string): Promise<void> {
		const { listen, behind_proxy: proxy } = this.#options.config;
		if (isLoopback(host) && proxy === undefined) return;
		if (!(await this.accounts.hasUsers())) {
			throw new UsageError(
				proxy
					? `web: behind_proxy: others reach ${listen} through the proxy: add a user to web: users`
					: `web: listen: ${listen} can be reached by others: add a user to web: users, or listen on 127.0.0.1`,
				{ listen },
			);
		}
		if (!this.#isEncrypted()) {
			throw new UsageError(
				`web: listen: ${listen} can be reached by others: set tls, or behind_proxy if a proxy ends TLS`,
				{ listen },
			);
		}
	}
}

function readPem(path: string): Buffer {
	try {
		return readFileSync(path);
	} catch (error) {
		throw inContext(`web: tls: ${path}`, error);
	}
}
