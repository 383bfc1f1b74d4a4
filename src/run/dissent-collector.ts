import type { Detector } from "../detect/detector.ts";
import type { Explanation } from "../detect/explanation.ts";
import { REASON, type Verdicts } from "../detect/verdicts.ts";
import { ADDRESS_LENGTH, addressText } from "../flow/address.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { Dissent, Endpoint } from "../incident/sighting.ts";

/** Pairs of a miner and its server that are remembered; the oldest is forgotten first. */
const MOST_PAIRS = 1 << 16;
/** Bytes of a pair's key. */
const PAIR_LENGTH = 2 * ADDRESS_LENGTH + 2;
/** Dissents of one batch: each asks every tree. */
const MOST_DISSENTS = 256;

/**
 * Finds the flows that shape judged and found ordinary, between a miner and a server that an earlier flow of this pipeline
 * was reported for: only those can count against an incident.
 */
export class DissentCollector {
	/** Miner, server and server port, as {@link pairKey} writes them. */
	readonly #pairs = new Set<string>();
	/** Symmetric sums of the addresses, how often each occurs: most ordinary flows fail here, without a key being made. */
	readonly #sums = new Map<number, number>();

	/** Remembers what the batch reports and returns what speaks against earlier reports. */
	collect(
		input: string,
		flows: FlowColumns,
		verdicts: Verdicts,
		{ options }: Detector,
		explain: (i: number) => Explanation,
	): Dissent[] {
		const dissents: Dissent[] = [];
		if (options.compat !== undefined) return dissents;
		for (let k = 0; k < verdicts.minerCount; k++) {
			const i = verdicts.miners[k]!;
			this.#remember(flows, i, explain(i).minerIsSource);
		}
		if (this.#pairs.size === 0) return dissents;
		for (let i = 0; i < flows.length && dissents.length < MOST_DISSENTS; i++) {
			if (verdicts.reasons[i] !== REASON.NONE || verdicts.decidedBy[i] !== REASON.ML) continue;
			if (!this.#sums.has(addressSum(flows.addresses, i))) continue;
			const clientIsSource = this.#pairs.has(pairKey(flows, i, true));
			if (!clientIsSource && !this.#pairs.has(pairKey(flows, i, false))) continue;
			const { probability } = explain(i);
			if (probability === undefined) continue;
			const [source, destination] = endpoints(flows, i);
			dissents.push({
				at: flows.timeLast[i]!,
				input,
				client: clientIsSource ? source : destination,
				server: clientIsSource ? destination : source,
				probability,
			});
		}
		return dissents;
	}

	/** All pairs as bytes, the oldest first, for {@link load}. */
	save(): Uint8Array {
		return Buffer.from([...this.#pairs].join(""), "latin1");
	}

	/** Returns false for bytes of another kind. */
	load(memory: Uint8Array): boolean {
		if (memory.length % PAIR_LENGTH !== 0) return false;
		const text = Buffer.from(memory).toString("latin1");
		for (let at = 0; at < text.length; at += PAIR_LENGTH) {
			const key = text.slice(at, at + PAIR_LENGTH);
			this.#rememberPair(key, addressSum(memory.subarray(at), 0));
		}
		return true;
	}

	#remember(flows: FlowColumns, i: number, minerIsSource: boolean): void {
		this.#rememberPair(pairKey(flows, i, minerIsSource), addressSum(flows.addresses, i));
	}

	#rememberPair(key: string, sum: number): void {
		if (this.#pairs.delete(key)) {
			this.#pairs.add(key);
			return;
		}
		if (this.#pairs.size === MOST_PAIRS) this.#forgetOldest();
		this.#pairs.add(key);
		this.#sums.set(sum, (this.#sums.get(sum) ?? 0) + 1);
	}

	#forgetOldest(): void {
		const [oldest] = this.#pairs;
		this.#pairs.delete(oldest!);
		const sum = addressSum(Buffer.from(oldest!, "latin1"), 0);
		const left = this.#sums.get(sum)! - 1;
		if (left === 0) this.#sums.delete(sum);
		else this.#sums.set(sum, left);
	}
}

/** Client address, server address, server port. */
function pairKey(flows: FlowColumns, i: number, clientIsSource: boolean): string {
	const key = Buffer.allocUnsafe(PAIR_LENGTH);
	const client = i * 32 + (clientIsSource ? 0 : ADDRESS_LENGTH);
	const server = i * 32 + (clientIsSource ? ADDRESS_LENGTH : 0);
	key.set(flows.addresses.subarray(client, client + ADDRESS_LENGTH));
	key.set(flows.addresses.subarray(server, server + ADDRESS_LENGTH), ADDRESS_LENGTH);
	key.writeUInt16BE((clientIsSource ? flows.destinationPort : flows.sourcePort)[i]!, 2 * ADDRESS_LENGTH);
	return key.toString("latin1");
}

/** The same whichever end is the source. */
function addressSum(addresses: Uint8Array, i: number): number {
	let sum = 0;
	for (let k = 0; k < ADDRESS_LENGTH; k++) {
		const at = i * 32 + k;
		sum = (Math.imul(sum, 31) + (addresses[at]! ^ addresses[at + ADDRESS_LENGTH]!)) | 0;
	}
	return sum;
}

function endpoints({ addresses, sourcePort, destinationPort }: FlowColumns, i: number): [Endpoint, Endpoint] {
	return [
		{ address: addressText(addresses, i * 32), port: sourcePort[i]! },
		{ address: addressText(addresses, i * 32 + ADDRESS_LENGTH), port: destinationPort[i]! },
	];
}
