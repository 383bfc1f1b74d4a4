import { BlockList, isIP } from "node:net";
import { UsageError } from "../bytes/error.ts";
import { addressText } from "../flow/address.ts";

/** Tells whether the address whose 16 bytes are at `offset` is in one of the networks. */
export type NetworkTest = (addresses: Uint8Array, offset: number) => boolean;

/** Networks as `10.0.0.0/8,2001:db8::/32,192.0.2.7`. Throws a `UsageError` for anything else. */
export function networkTest(text: string): NetworkTest {
	const list = new BlockList();
	for (const network of text.split(",").map((part) => part.trim())) {
		const [address, prefix, ...rest] = network.split("/") as [string, string?, ...string[]];
		const version = isIP(address);
		const longest = version === 4 ? 32 : 128;
		const bits = prefix === undefined ? longest : /^\d+$/.test(prefix) ? Number(prefix) : Number.NaN;
		if (version === 0 || rest.length > 0 || !(bits <= longest))
			throw new UsageError(`${network || "An empty text"} is no network; write for example 10.0.0.0/8.`);
		list.addSubnet(address, bits, version === 4 ? "ipv4" : "ipv6");
	}
	return (addresses, offset) => {
		const address = addressText(addresses, offset);
		return list.check(address, address.includes(":") ? "ipv6" : "ipv4");
	};
}
