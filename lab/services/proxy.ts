import { connect, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Certificate } from "../certificate.ts";
import type { Random } from "../random.ts";

/** What a connection's bytes suffer on their way. Seconds. */
interface Delay {
	readonly oneWay: number;
	/** Mean of the exponential noise on it. */
	readonly jitter: number;
	/** Chance that a piece is lost and comes with a retransmission, after at least 0.2 s (RFC 6298, 2.4, as Linux has it). */
	readonly loss: number;
}

const LOSS_SECONDS = 0.2;

/** Listens on a port and passes every connection on to another, with a delay and losses drawn for the connection. */
export function openDelayProxy(port: number, target: number, random: Random): Promise<Server> {
	const server = createServer((client) => {
		const delay: Delay = {
			oneWay: 0.0005 * 200 ** random.next(),
			jitter: random.pick([0.0001, 0.001, 0.004]),
			loss: random.pick([0, 0, 0, 0.003, 0.02]),
		};
		const daemon = connect({ port: target, host: "127.0.0.1", noDelay: true });
		client.setNoDelay(true);
		delayed(client, daemon, delay, random);
		delayed(daemon, client, delay, random);
	});
	return listening(server, port);
}

/** Ends TLS in front of a server that speaks plain text, as stunnel or HAProxy do. */
export function openTlsTerminator(port: number, target: number, { certificate, key }: Certificate): Promise<Server> {
	const server = createTlsServer({ cert: certificate, key }, (client) => {
		const daemon = connect({ port: target, host: "127.0.0.1", noDelay: true });
		client.setNoDelay(true);
		client.pipe(daemon).pipe(client);
		for (const [one, other] of [
			[client, daemon],
			[daemon, client],
		] as const) {
			one.on("error", () => other.destroy());
			one.on("close", () => other.destroy());
		}
	});
	server.on("tlsClientError", () => undefined);
	return listening(server, port);
}

function delayed(from: Socket, to: Socket, { oneWay, jitter, loss }: Delay, random: Random): void {
	let last = 0;
	const later = (act: () => void) => {
		const retransmission = random.chance(loss) ? LOSS_SECONDS + random.exponential(0.1) : 0;
		last = Math.max(last, performance.now() + 1000 * (oneWay + random.exponential(jitter) + retransmission));
		setTimeout(act, Math.max(0, last - performance.now()));
	};
	from.on("data", (chunk: Buffer) => later(() => to.writable && to.write(chunk)));
	from.on("end", () => later(() => to.end()));
	from.on("error", () => to.destroy());
	from.on("close", () => later(() => to.destroy()));
}

function listening<S extends Server>(server: S, port: number): Promise<S> {
	return new Promise((resolve, reject) => {
		server.on("error", reject);
		server.listen(port, "127.0.0.1", () => resolve(server));
	});
}
