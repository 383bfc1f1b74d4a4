import { BlockList, isIP } from "node:net";

/** Adds `10.0.0.0/8`, `2001:db8::/32` or one address; false if the text is neither. */
export function addNetwork(list: BlockList, text: string): boolean {
	const [address = "", prefixText, ...rest] = text.split("/");
	const family = isIP(address);
	if (family === 0 || rest.length > 0) return false;
	const longest = family === 6 ? 128 : 32;
	const prefix = prefixText === undefined ? longest : Number(prefixText);
	if ((prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) || prefix > longest) return false;
	list.addSubnet(address, prefix, family === 6 ? "ipv6" : "ipv4");
	return true;
}

export function networkList(networks: readonly string[]): BlockList {
	const list = new BlockList();
	for (const network of networks) addNetwork(list, network);
	return list;
}

export function contains(list: BlockList, address: string): boolean {
	const family = isIP(address);
	return family !== 0 && list.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** An address as the system tells it: IPv4 in IPv6 (`::ffff:192.0.2.1`) as IPv4. */
export function plainAddress(address: string): string {
	return address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "");
}

/**
 * The client's address in a list that proxies append to: the last one that is not a trusted proxy. What stands before
 * it, the client may have written itself.
 */
export function forwardedAddress(header: string, trusted: BlockList): string | undefined {
	const addresses = header.split(",").map((each) => plainAddress(each.trim().replace(/^\[(.*)\](?::\d+)?$/, "$1")));
	for (const address of addresses.reverse()) {
		if (isIP(address) === 0) return undefined;
		if (!contains(trusted, address)) return address;
	}
	return undefined;
}
