import { isIP } from "node:net";
import { ADDRESS_LENGTH, addressBytes } from "../flow/address.ts";
import { CONFIDENCES, type Confidence, type EventKind } from "../incident/incident.ts";
import { coinsOf, isAllowed } from "./facts.ts";
import type { Notification } from "./notification.ts";

/** Which notifications a receiver wants; an absent condition is no condition. */
export interface Selection {
	/** At least this certain. */
	readonly confidence?: Confidence;
	readonly events?: readonly EventKind[];
	/** Networks of the host: CIDRs, or names of `networks.names`. */
	readonly networks?: readonly string[];
	readonly coins?: readonly string[];
	/** `no`: only mining that the allowlist does not permit; `only`: only permitted mining; `also`: both. */
	readonly allowlisted: "no" | "also" | "only";
}

export const SELECT_DEFAULT: Selection = { allowlisted: "no" };

export interface Decision {
	readonly send: boolean;
	/** Why, in words for people and logs. */
	readonly reason: string;
}

/** Decides whether a receiver gets a notification. A test always passes. */
export function select(notification: Notification, selection: Selection): Decision {
	if (notification.test) return { send: true, reason: "a test" };
	const obstacle = obstacleTo(notification, selection);
	return obstacle === undefined ? { send: true, reason: "every condition holds" } : { send: false, reason: obstacle };
}

function obstacleTo({ event }: Notification, selection: Selection): string | undefined {
	const { incident } = event;
	const { confidence, events, networks, coins, allowlisted } = selection;
	if (allowlisted === "no" && isAllowed(incident)) return `allowed by ${incident.allowedBy.join(", ")}`;
	if (allowlisted === "only" && !isAllowed(incident)) return "not allowed by any entry";
	if (confidence && CONFIDENCES.indexOf(incident.confidence) < CONFIDENCES.indexOf(confidence)) {
		return `${incident.confidence} is less than ${confidence}`;
	}
	if (events && !events.includes(event.kind)) return `the event ${event.kind} is not selected`;
	if (networks && !networks.some((network) => isInNetwork(incident.host, network))) {
		return `${incident.host.address} is in none of the networks`;
	}
	if (coins && !coinsOf(incident).some((coin) => coins.some((wanted) => sameWord(wanted, coin)))) {
		return "none of the coins";
	}
	return undefined;
}

function sameWord(a: string, b: string): boolean {
	return a.toLowerCase() === b.toLowerCase();
}

function isInNetwork(host: { address: string; network?: string }, network: string): boolean {
	if (host.network === network) return true;
	const prefix = parsePrefix(network);
	const address = addressBytes(host.address);
	if (!prefix || !address || isIP(host.address) !== prefix.version) return false;
	// UniRec's form of an IPv4 address has its four bytes behind eight zero bytes.
	const skipped = prefix.version === 4 ? 64 : 0;
	return sharesBits(address, prefix.bytes, skipped, skipped + prefix.bits);
}

function sharesBits(a: Uint8Array, b: Uint8Array, from: number, to: number): boolean {
	for (let bit = from; bit < to; bit++) {
		const mask = 0x80 >> (bit & 7);
		if ((a[bit >> 3]! & mask) !== (b[bit >> 3]! & mask)) return false;
	}
	return true;
}

/** A CIDR (or a single address), undefined if `text` is something else, such as a network's name. */
export function parsePrefix(text: string): { version: 4 | 6; bytes: Uint8Array; bits: number } | undefined {
	const [address, length, ...rest] = text.split("/") as [string, string?, ...string[]];
	const version = isIP(address);
	if ((version !== 4 && version !== 6) || rest.length > 0) return undefined;
	const longest = version === 4 ? 32 : 8 * ADDRESS_LENGTH;
	const bits = length === undefined ? longest : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
	const bytes = addressBytes(address);
	return bits <= longest && bytes ? { version, bytes, bits } : undefined;
}
