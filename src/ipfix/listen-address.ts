import { UsageError } from "../bytes/error.ts";

export type Transport = "udp" | "tcp" | "tls";

export interface PeerAddress {
	readonly transport: Transport;
	readonly host: string;
	readonly port: number;
}

/** The ports registered for IPFIX (RFC 7011, 10.1): plain, and over TLS or DTLS. */
const PORTS: Readonly<Record<Transport, number>> = { udp: 4739, tcp: 4739, tls: 4740 };
const FORM = /^ipfix\+(udp|tcp|tls):\/\/(\[[^\]]+\]|[^:/[\]]+)(?::(\d{1,5}))?\/?$/;

/** Whether a command-line argument names an IPFIX peer rather than a file. */
export function isIpfixAddress(name: string): boolean {
	return name.startsWith("ipfix+");
}

/** Reads `ipfix+tcp://HOST:PORT` (also `udp`, `tls`; IPv6 in brackets; the port is optional). Throws a `UsageError`. */
export function readIpfixAddress(name: string): PeerAddress {
	const parts = FORM.exec(name);
	const port = Number(parts?.[3] ?? PORTS[parts?.[1] as Transport]);
	if (!parts || port > 65535) {
		throw new UsageError(`${name}: write ipfix+udp://HOST:PORT, ipfix+tcp://HOST:PORT or ipfix+tls://HOST:PORT`);
	}
	return { transport: parts[1] as Transport, host: parts[2]!.replace(/^\[(.*)\]$/, "$1"), port };
}
