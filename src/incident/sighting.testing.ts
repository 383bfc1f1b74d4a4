import type { Evidence } from "../detect/evidence.ts";
import type { Dissent, Sighting } from "./sighting.ts";

/** Sunday, 2026-03-01 09:12 UTC in microseconds. */
export const T0 = 1_772_356_320_000_000;
export const MINUTE = 60e6;
export const HOUR = 3600e6;

export const PAYLOAD_OF_MINER: Evidence = {
	signal: "payload",
	direction: "forward",
	protocol: "monero-stratum",
	message: "login",
	excerpt: '{"method":"login"}',
};
export const PAYLOAD_OF_POOL: Evidence = { ...PAYLOAD_OF_MINER, direction: "reverse", message: "job" };

export function shapeOf(probability: number): Evidence {
	return { signal: "shape", probability, threshold: 0.85, features: [] };
}

export function nameOf(name: string): Evidence {
	return { signal: "server-name", name, words: ["pool"], mass: 0.8 };
}

export type SightingChanges = Partial<Sighting> & { readonly evidence?: readonly Evidence[]; readonly coin?: string };

/** A sighting `minutes` after `T0`, of 10.3.7.21 at 203.0.113.7:443 by shape, with changes. */
export function sightingAt(minutes: number, changes: SightingChanges = {}): Sighting {
	const { evidence = [shapeOf(0.9)], coin, ...rest } = changes;
	const at = T0 + minutes * MINUTE;
	return {
		at,
		begin: at - MINUTE,
		input: "test",
		miner: { address: "10.3.7.21", port: 50_000 },
		pool: { address: "203.0.113.7", port: 443 },
		protocol: 6,
		bytesToPool: 1000,
		bytesToMiner: 4000,
		packetsToPool: 10,
		packetsToMiner: 12,
		decidedBy: "ml",
		explanation: {
			evidence,
			minerIsSource: true,
			...(coin !== undefined && { coin }),
			...(evidence.some(({ signal }) => signal === "payload") && { miningProtocol: "monero-stratum" }),
		},
		...rest,
	};
}

/** An ordinary flow of the same pair. */
export function dissentAt(minutes: number, changes: Partial<Dissent> = {}): Dissent {
	return {
		at: T0 + minutes * MINUTE,
		input: "test",
		client: { address: "10.3.7.21", port: 50_000 },
		server: { address: "203.0.113.7", port: 443 },
		probability: 0.1,
		...changes,
	};
}
