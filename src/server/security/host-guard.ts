import { isLoopback } from "../listen-address.ts";

/**
 * Whether the Host header names this machine. Without users, loopback is the only protection: a web site must not reach the
 * server by a name of its own that it makes the browser resolve to 127.0.0.1 (DNS rebinding).
 */
export function isOwnHost(host: string | undefined, hosts: readonly string[]): boolean {
	if (host === undefined || !URL.canParse(`http://${host}`)) return false;
	const name = new URL(`http://${host}`).hostname.replace(/^\[(.*)\]$/, "$1").toLowerCase();
	return isLoopback(name) || name.endsWith(".localhost") || hosts.includes(name);
}
