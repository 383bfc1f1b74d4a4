import type { NetworkList } from "../flow/networks.ts";
import { CONFIDENCES, type Confidence, type EventKind, type Incident } from "../incident/incident.ts";
import { coinsOf, isAllowed } from "./facts.ts";
import type { Notification } from "./notification.ts";

/** Networks by prefix, and by their names in the configuration (`networks.names`). */
export interface NetworkSelection {
	readonly list: NetworkList;
	readonly names: readonly string[];
}

/** Which notifications a receiver wants; an absent condition is no condition. */
export interface Selection {
	/** At least this certain. */
	readonly confidence?: Confidence;
	readonly events?: readonly EventKind[];
	/** Networks of the host. */
	readonly networks?: NetworkSelection;
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
	if (networks && !isInNetwork(incident, networks)) {
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

function isInNetwork({ host }: Incident, { names, list }: NetworkSelection): boolean {
	return (host.network !== undefined && names.includes(host.network)) || list.containsText(host.address);
}
