import { UsageError } from "../bytes/error.ts";

export interface ExportAddress {
	readonly host: string;
	readonly port: number;
}

/** The customary ports: 2055 is Cisco's for NetFlow, 6343 IANA's for sFlow. */
const PORTS: Readonly<Record<string, number>> = { netflow: 2055, sflow: 6343 };
const FORM = /^(netflow|sflow)\+udp:\/\/(\[[^\]]+\]|[^:/[\]]+)(?::(\d{1,5}))?\/?$/;

/** Whether a command-line argument names a listener for NetFlow or sFlow rather than a file. */
export function isExportAddress(name: string): boolean {
	return name.startsWith("netflow+") || name.startsWith("sflow+");
}

/** Reads `netflow+udp://HOST:PORT` or `sflow+udp://HOST:PORT` (IPv6 in brackets; the port may be left out). Throws a `UsageError`. */
export function readExportAddress(name: string): ExportAddress {
	const parts = FORM.exec(name);
	const port = Number(parts?.[3] ?? PORTS[parts?.[1] ?? ""]);
	if (!parts || port > 65_535) throw new UsageError(`${name}: write netflow+udp://HOST:PORT or sflow+udp://HOST:PORT`);
	return { host: parts[2]!.replace(/^\[(.*)\]$/, "$1"), port };
}
