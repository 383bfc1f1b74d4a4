import { PROTOCOL } from "../capture/network-layer.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";

/** Packets of a TCP flow that normally has an answer: scans and lost connections have fewer. */
const FEWEST_PACKETS = 8;
/** Minimum of flows for a meaningful share. */
const FEWEST_FLOWS = 20;

/** Counts how many TCP flows, of those long enough, were seen in one direction only. */
export class SeenDirections {
	#oneWay = 0;
	#flows = 0;

	count({ length, protocol, packets, packetsReverse }: FlowColumns): void {
		for (let i = 0; i < length; i++) {
			if (protocol[i] !== PROTOCOL.TCP || packets[i]! + packetsReverse[i]! < FEWEST_PACKETS) continue;
			this.#flows++;
			if (packets[i] === 0 || packetsReverse[i] === 0) this.#oneWay++;
		}
	}

	get isMostlyOne(): boolean {
		return this.#flows >= FEWEST_FLOWS && this.#oneWay * 2 > this.#flows;
	}
}
