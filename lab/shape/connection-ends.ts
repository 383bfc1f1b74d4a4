import type { FlowColumns } from "../../src/flow/flow-columns.ts";

/** Whose flow it is: what tells connections, client–server pairs and client hosts of one network apart. */
export interface Ends {
	readonly connection: string;
	readonly pair: string;
	readonly host: string;
}

/** The ends of flow i in this network, for connections and pairs in an order that does not depend on who spoke first. */
export function endsOf(network: string, flows: FlowColumns, i: number): Ends {
	const source = addressAt(flows, i * 32);
	const destination = addressAt(flows, i * 32 + 16);
	const ends = [`${source}:${flows.sourcePort[i]!}`, `${destination}:${flows.destinationPort[i]!}`].sort().join(" ");
	const connection = `${network} ${ends}`;
	// CESNET-MINER22 has no addresses: there, a connection is all that is known.
	if (NOTHING.test(source) && NOTHING.test(destination)) return { connection, pair: connection, host: connection };
	return {
		connection,
		pair: `${network} ${[source, destination].sort().join(" ")}`,
		host: `${network} ${source}`,
	};
}

const NOTHING = /^0*(?:ffff0{8})?$/;

function addressAt(flows: FlowColumns, at: number): string {
	return Buffer.from(flows.addresses.subarray(at, at + 16)).toString("hex");
}
