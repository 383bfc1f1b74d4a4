import { BlockList, isIP, isIPv6 } from "node:net";

export interface ListenAddress {
	readonly host: string;
	readonly port: number;
}

/** `127.0.0.1:8470`, `[::1]:8470`, `localhost:8470`; undefined for anything else. Port 0: any free one. */
export function parseListenAddress(text: string): ListenAddress | undefined {
	const parts = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
	if (parts === null) return undefined;
	const [, v6, name, portText] = parts;
	const host = v6 ?? name!;
	const port = Number(portText);
	if (port > 65_535) return undefined;
	const isValid = v6 === undefined ? isIP(host) === 4 || host === "localhost" : isIPv6(host);
	return isValid ? { host, port } : undefined;
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8);
loopback.addAddress("::1", "ipv6");

export function isLoopback(host: string): boolean {
	const family = isIP(host);
	return family === 0 ? host === "localhost" : loopback.check(host, family === 6 ? "ipv6" : "ipv4");
}

/** As it stands in a URL. */
export function urlHost(host: string): string {
	return isIPv6(host) ? `[${host}]` : host;
}
