import { NetworkList, parseNetwork } from "../flow/networks.ts";
import type { TrackerOptions } from "../incident/tracker-options.ts";
import type { Configuration } from "./configuration-schema.ts";

/** How incidents are kept, from `incidents:` and `networks:`. */
export function trackerOptions({ incidents, networks }: Configuration): Partial<TrackerOptions> {
	const { close_after, reopen_within, remind_every, lateness, most_open } = incidents;
	const ours = new NetworkList(networks.ours.map((text) => parseNetwork(text)!));
	return {
		closeAfter: close_after * 1000,
		reopenWithin: reopen_within * 1000,
		remindEvery: remind_every * 1000,
		lateness: lateness * 1000,
		mostOpen: most_open,
		...(ours.size > 0 && { isOurs: (address: string) => ours.containsText(address) }),
		networkName: networkNames(networks.names),
	};
}

/** The name of the narrowest network that contains the address. */
function networkNames(names: Readonly<Record<string, string>>): (address: string) => string | undefined {
	const networks = Object.entries(names).map(([text, name]) => {
		const network = parseNetwork(text)!;
		return {
			name,
			list: new NetworkList([network]),
			first: Buffer.from(network.first),
			last: Buffer.from(network.last),
		};
	});
	// Networks are disjoint or nested: of two that contain an address, the one that begins later or ends earlier is narrower.
	networks.sort((a, b) => Buffer.compare(b.first, a.first) || Buffer.compare(a.last, b.last));
	return (address) => networks.find(({ list }) => list.containsText(address))?.name;
}
