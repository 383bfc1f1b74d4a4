import type { FlowColumns } from "./flow-columns.ts";

/** Bytes of a flow key: two addresses, two ports, the protocol. */
export const FLOW_KEY_LENGTH = 37;

/**
 * Writes flow i's key into `key`: addresses, ports (network order) and protocol as in the flow (`directed`), or with
 * the ends in ascending order, so that both directions of a conversation have one key.
 */
export function writeFlowKey(columns: FlowColumns, i: number, key: Uint8Array, directed: boolean): void {
	const { addresses } = columns;
	const source = i * 32;
	const swap = !directed && isDescending(columns, i);
	const first = swap ? source + 16 : source;
	const second = swap ? source : source + 16;
	for (let k = 0; k < 16; k++) {
		key[k] = addresses[first + k]!;
		key[16 + k] = addresses[second + k]!;
	}
	const firstPort = swap ? columns.destinationPort[i]! : columns.sourcePort[i]!;
	const secondPort = swap ? columns.sourcePort[i]! : columns.destinationPort[i]!;
	key[32] = firstPort >> 8;
	key[33] = firstPort & 0xff;
	key[34] = secondPort >> 8;
	key[35] = secondPort & 0xff;
	key[36] = columns.protocol[i]!;
}

/** Writes the pair of hosts of flow i: its undirected key with ports and protocol 0. */
export function writePairKey(columns: FlowColumns, i: number, key: Uint8Array): void {
	const { addresses } = columns;
	const source = i * 32;
	let k = 0;
	while (k < 16 && addresses[source + k] === addresses[source + 16 + k]) k++;
	const swap = k < 16 && addresses[source + k]! > addresses[source + 16 + k]!;
	const first = swap ? source + 16 : source;
	const second = swap ? source : source + 16;
	for (k = 0; k < 16; k++) {
		key[k] = addresses[first + k]!;
		key[16 + k] = addresses[second + k]!;
	}
	key.fill(0, 32);
}

function isDescending(columns: FlowColumns, i: number): boolean {
	const { addresses } = columns;
	for (let k = 0; k < 16; k++) {
		const difference = addresses[i * 32 + k]! - addresses[i * 32 + 16 + k]!;
		if (difference !== 0) return difference > 0;
	}
	return columns.sourcePort[i]! > columns.destinationPort[i]!;
}
