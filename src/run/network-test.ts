import { UsageError } from "../bytes/error.ts";
import { NetworkList, parseNetwork } from "../flow/networks.ts";

/** Tells whether the address whose 16 bytes are at `offset` is in one of the networks. */
export type NetworkTest = (addresses: Uint8Array, offset: number) => boolean;

/** Networks as `10.0.0.0/8,2001:db8::/32,192.0.2.7`. Throws a `UsageError` for anything else. */
export function networkTest(text: string): NetworkTest {
	const networks = text.split(",").map((part) => {
		const network = parseNetwork(part.trim());
		if (network === undefined)
			throw new UsageError(`${part.trim() || "An empty text"} is no network; write for example 10.0.0.0/8.`);
		return network;
	});
	const list = new NetworkList(networks);
	return (addresses, offset) => list.contains(addresses, offset);
}
