import type { MiningProtocol } from "../mining/index.ts";
import { VOID_WALLETS } from "./void-wallets.ts";

/** Protocols of which a probe can send a request, in the order used if the list has no protocol. */
export const PROBED_PROTOCOLS = [
	"stratum",
	"monero-stratum",
	"eth-proxy",
	"getwork",
	"getblocktemplate",
] as const satisfies readonly MiningProtocol[];

/** The identity of a probe. */
export interface ProbeIdentity {
	/** Agent name, so that the operator of the server recognises the probe. */
	readonly agent: string;
	/** Wallet for the login; default: an invalid one per coin. */
	readonly wallet?: string;
}

/** The first request of a miner of that protocol, with `id` in it; undefined if none is known. */
export function probeRequest(
	protocol: MiningProtocol,
	id: number,
	host: string,
	port: number,
	identity: ProbeIdentity,
): string | undefined {
	const { agent, wallet } = identity;
	switch (protocol) {
		case "stratum":
			return line({ id, method: "mining.subscribe", params: [agent] });
		case "ethereum-stratum":
			return line({ id, method: "mining.subscribe", params: [agent, "EthereumStratum/1.0.0"] });
		case "zcash-stratum":
			return line({ id, method: "mining.subscribe", params: [agent, null, host, port] });
		case "monero-stratum":
		case "grin-stratum":
			return line({
				id,
				jsonrpc: "2.0",
				method: "login",
				params: { login: wallet ?? VOID_WALLETS.monero, pass: "x", agent },
			});
		case "eth-proxy":
			return (
				line({
					id,
					jsonrpc: "2.0",
					method: "eth_submitLogin",
					worker: agent,
					params: [wallet ?? VOID_WALLETS.ethereum, "x"],
				}) + line({ id: id + 1, jsonrpc: "2.0", method: "eth_getWork", params: [] })
			);
		case "getwork":
			return post({ id, method: "getwork", params: [] }, host, port, agent);
		case "getblocktemplate":
			return post(
				{ id, method: "getblocktemplate", params: [{ capabilities: ["coinbasetxn", "workid"], rules: ["segwit"] }] },
				host,
				port,
				agent,
			);
		default:
			return undefined;
	}
}

/** Whether a probe can speak the protocol. */
export function canBeAskedFor(protocol: MiningProtocol): boolean {
	return probeRequest(protocol, 1, "", 1, { agent: "" }) !== undefined;
}

function line(message: unknown): string {
	return `${JSON.stringify(message)}\n`;
}

function post(message: unknown, host: string, port: number, agent: string): string {
	const body = JSON.stringify(message);
	const name = host.includes(":") ? `[${host}]` : host;
	return `POST / HTTP/1.1\r\nHost: ${name}:${port}\r\nUser-Agent: ${agent}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
}
