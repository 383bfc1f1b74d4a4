import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { inContext } from "../bytes/error.ts";
import type { ListenAddress } from "../server/listen-address.ts";
import type { DaemonParts } from "./daemon-parts.ts";
import { obstaclesOf, problemsOf } from "./health.ts";
import type { MetricRegistry } from "./metric-registry.ts";

/** A client that does not finish its request is cut off, in milliseconds. */
const PATIENCE_MS = 10_000;
const MOST_CONNECTIONS = 64;

/** Serves `/metrics`, `/healthz` and `/readyz`. */
export class MetricsEndpoint implements AsyncDisposable {
	readonly #daemon: DaemonParts;
	readonly #registry: MetricRegistry;
	readonly #server: Server;

	/** Throws if the address cannot be listened at. */
	static async open(
		daemon: DaemonParts,
		registry: MetricRegistry,
		{ host, port }: ListenAddress,
	): Promise<MetricsEndpoint> {
		const endpoint = new MetricsEndpoint(daemon, registry);
		await new Promise<void>((resolve, reject) => {
			endpoint.#server.once("error", (error) => reject(inContext(`metrics: ${host} port ${port}`, error)));
			endpoint.#server.listen(port, host, resolve);
		});
		return endpoint;
	}

	private constructor(daemon: DaemonParts, registry: MetricRegistry) {
		this.#daemon = daemon;
		this.#registry = registry;
		const options = { requestTimeout: PATIENCE_MS, headersTimeout: PATIENCE_MS };
		this.#server = createServer(options, (request, response) => {
			this.#answer(request, response).catch((error: unknown) => {
				this.#daemon.log.error("metrics", String(error));
				response.destroy();
			});
		});
		this.#server.maxConnections = MOST_CONNECTIONS;
	}

	get port(): number {
		return (this.#server.address() as AddressInfo).port;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		const end = new Promise((resolve) => this.#server.close(resolve));
		this.#server.closeAllConnections();
		await end;
	}

	async #answer({ method, url = "" }: IncomingMessage, response: ServerResponse): Promise<void> {
		if (method !== "GET" && method !== "HEAD") return send(response, 405, "text/plain", "only GET\n");
		switch (url.split("?", 1)[0]) {
			case "/metrics":
				return send(response, 200, this.#registry.contentType, await this.#registry.text());
			case "/healthz": {
				const problems = problemsOf(this.#daemon);
				return sendJson(response, 200, { state: problems.length === 0 ? "ok" : "degraded", problems });
			}
			case "/readyz": {
				const reasons = obstaclesOf(this.#daemon);
				return sendJson(response, reasons.length === 0 ? 200 : 503, { ready: reasons.length === 0, reasons });
			}
			default:
				send(response, 404, "text/plain", "there are /metrics, /healthz and /readyz\n");
		}
	}
}

function sendJson(response: ServerResponse, status: number, value: object): void {
	send(response, status, "application/json", `${JSON.stringify(value)}\n`);
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
	response.writeHead(status, { "content-type": contentType, "x-content-type-options": "nosniff" }).end(body);
}
