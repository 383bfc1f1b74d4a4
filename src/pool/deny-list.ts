import { BlockList, isIP } from "node:net";
import { parseHost } from "./pool-endpoint.ts";

/** Hosts, addresses and networks that must not be probed. */
export interface DenyList {
	isDenied(hostOrAddress: string): boolean;
	/** Lines that are neither. */
	readonly rejected: readonly { readonly line: number; readonly text: string }[];
}

/** Reads lines of `name` (includes all names below it), `address` or `network/prefix`; `#` begins a comment. */
export function readDenyList(text: string): DenyList {
	const names = new Set<string>();
	const networks = new BlockList();
	const rejected: { line: number; text: string }[] = [];
	for (const [i, line] of text.split(/\r?\n/).entries()) {
		const entry = line.replace(/#.*$/, "").trim();
		if (entry === "") continue;
		const [address, prefix] = entry.split("/") as [string, string?];
		const version = isIP(address);
		const longest = version === 4 ? 32 : 128;
		const bits = prefix === undefined ? longest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
		const host = version === 0 ? parseHost(entry.replace(/^\*?\./, "")) : undefined;
		if (version !== 0 && bits <= longest) networks.addSubnet(address, bits, version === 4 ? "ipv4" : "ipv6");
		else if (host !== undefined) names.add(host);
		else rejected.push({ line: i + 1, text: entry.slice(0, 80) });
	}
	const isDenied = (hostOrAddress: string): boolean => {
		const version = isIP(hostOrAddress);
		if (version !== 0) return networks.check(hostOrAddress, version === 4 ? "ipv4" : "ipv6");
		const labels = hostOrAddress.split(".");
		return labels.some((_, i) => names.has(labels.slice(i).join(".")));
	};
	return { isDenied, rejected };
}
