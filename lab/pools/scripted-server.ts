import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { type Certificate, certificateChain } from "../certificate.ts";
import type { Behaviour } from "./behaviours.ts";

/** A server on a loopback address that behaves as scripted. */
export interface ScriptedServer extends AsyncDisposable {
	readonly address: string;
	readonly port: number;
	/** The data that each connection sent, in the order of connecting. */
	readonly received: readonly string[];
}

export interface ServerOptions {
	/** A loopback address; 127.0.0.1 when absent. */
	readonly address?: string;
	readonly port?: number;
	/** Speaks TLS with a certificate of this name. */
	readonly certificateName?: string;
}

/** Starts a server with this behaviour. Refuses to listen on other addresses than loopback. */
export async function startServer(behaviour: Behaviour, options: ServerOptions = {}): Promise<ScriptedServer> {
	const { address = "127.0.0.1", port = 0, certificateName } = options;
	if (!address.startsWith("127.") && address !== "::1") throw new Error(`${address} is not loopback`);
	const received: string[] = [];
	const sockets = new Set<Socket>();
	const serve = (socket: Socket): void => {
		const own = received.push("") - 1;
		sockets.add(socket);
		socket.on("error", () => {}).once("close", () => sockets.delete(socket));
		socket.on("data", (chunk: Buffer) => {
			const text = chunk.toString("latin1");
			received[own] += text;
			behaviour.onData?.(text, socket);
		});
		behaviour.onConnect?.(socket);
	};
	const server: Server =
		certificateName === undefined
			? createServer(serve)
			: createTlsServer(optionsOf(certificateFor(certificateName)), serve).on("tlsClientError", () => {});
	await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, address, resolve));
	return {
		address,
		port: (server.address() as AddressInfo).port,
		received,
		async [Symbol.asyncDispose]() {
			for (const socket of sockets) socket.destroy();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

function optionsOf({ certificate, key }: Certificate): { cert: string; key: string } {
	return { cert: certificate, key };
}

/** Keys take long to generate: one certificate for each name. */
const certificates = new Map<string, Certificate>();
function certificateFor(name: string): Certificate {
	const certificate = certificates.get(name) ?? certificateChain(name);
	certificates.set(name, certificate);
	return certificate;
}
