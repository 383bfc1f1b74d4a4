import type { Endpoint } from "../sighting.ts";

/**
 * What one flow record shows of the times at which a server sent data unasked. Light, plain and cloneable: it is made for
 * every flow with pushes, reported or not. Times in microseconds since the epoch.
 */
export interface PushRecord {
	/** The part of the connection in which every push is known, up to its bounds. */
	readonly begin: number;
	readonly end: number;
	readonly input: string;
	/** VLAN or observation domain, where the input distinguishes hosts of equal address by it. */
	readonly domain?: string;
	readonly client: Endpoint;
	readonly server: Endpoint;
	/** IP protocol number. */
	readonly protocol: number;
	readonly serverName?: string;
	/** In ascending order. Records of one connection may repeat them. */
	readonly pushes: Float64Array;
	/** Bytes and packets of the record; 0 where another record repeats them (early reports). */
	readonly bytesToServer: number;
	readonly bytesToClient: number;
	readonly packetsToServer: number;
	readonly packetsToClient: number;
	/** What the detector says of the flow: mining by its payload, reported for other evidence, or neither. */
	readonly verdict: "payload" | "reported" | "other";
	/** The coin, where payload tells that the flow is mining. */
	readonly coin?: string;
	/** The forest's probability, where it judged the flow. */
	readonly probability?: number;
}
