import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";
import { inContext } from "../bytes/error.ts";
import type { DaemonParts } from "./daemon-parts.ts";
import { obstaclesOf, problemsOf } from "./health.ts";
import type { ListenAddress } from "./listen-address.ts";
import { daemonMetrics } from "./metrics.ts";
import { ProcessFigures } from "./process-figures.ts";

/** A client that does not finish its request is cut off, in milliseconds. */
const PATIENCE_MS = 10_000;
const MOST_CONNECTIONS = 64;

/** Serves `/metrics`, `/healthz` and `/readyz`. */
export class MetricsEndpoint {
	readonly figures = new ProcessFigures();
	readonly #daemon: DaemonParts;
	readonly #registry: Registry;
	#server: Server | undefined;

	constructor(daemon: DaemonParts) {
		this.#daemon = daemon;
		this.#registry = daemonMetrics(daemon, this.figures, daemon.surroundings.version);
	}

	get port(): number | undefined {
		return (this.#server?.address() as AddressInfo | null | undefined)?.port;
	}

	async text(): Promise<{ readonly contentType: string; readonly body: string }> {
		return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
	}

	/** Opens the new address; the returned function closes the old one, or, called with false, the new one. Throws if it cannot. */
	async prepare(address: ListenAddress | undefined): Promise<(isWanted: boolean) => Promise<void>> {
		const next = address && (await this.#open(address));
		return async (isWanted) => {
			const unwanted = isWanted ? this.#server : next;
			if (isWanted) this.#server = next;
			await closed(unwanted);
		};
	}

	async close(): Promise<void> {
		this.figures.stop();
		const server = this.#server;
		this.#server = undefined;
		await closed(server);
	}

	async #open({ host, port }: ListenAddress): Promise<Server> {
		const server = createServer({ requestTimeout: PATIENCE_MS, headersTimeout: PATIENCE_MS }, (request, response) => {
			this.#answer(request, response).catch((error: unknown) => {
				this.#daemon.log.error("metrics", String(error));
				response.destroy();
			});
		});
		server.maxConnections = MOST_CONNECTIONS;
		await new Promise<void>((resolve, reject) => {
			server.once("error", (error) => reject(inContext(`metrics.listen ${host} port ${port}`, error)));
			server.listen(port, host, resolve);
		});
		return server;
	}

	async #answer({ method, url = "" }: IncomingMessage, response: ServerResponse): Promise<void> {
		const path = url.split("?", 1)[0];
		if (method !== "GET" && method !== "HEAD") return send(response, 405, "text/plain", "only GET\n");
		if (path === "/metrics") {
			const { contentType, body } = await this.text();
			return send(response, 200, contentType, body);
		}
		if (path === "/healthz") {
			const problems = problemsOf(this.#daemon);
			return sendJson(response, 200, { state: problems.length === 0 ? "ok" : "degraded", problems });
		}
		if (path === "/readyz") {
			const reasons = obstaclesOf(this.#daemon);
			return sendJson(response, reasons.length === 0 ? 200 : 503, { ready: reasons.length === 0, reasons });
		}
		send(response, 404, "text/plain", "there are /metrics, /healthz and /readyz\n");
	}
}

function sendJson(response: ServerResponse, status: number, value: object): void {
	send(response, status, "application/json", `${JSON.stringify(value)}\n`);
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
	response.writeHead(status, { "content-type": contentType, "x-content-type-options": "nosniff" }).end(body);
}

async function closed(server: Server | undefined): Promise<void> {
	if (server === undefined) return;
	const end = new Promise((resolve) => server.close(resolve));
	server.closeAllConnections();
	await end;
}
