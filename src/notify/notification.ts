import type { IncidentEvent } from "../incident/incident.ts";

/** One change of an incident on its way to receivers. Plain and cloneable: it is what an outbox stores. */
export interface Notification {
	/** Incident id and sequence number: consumers remove duplicates by it. */
	readonly id: string;
	readonly event: IncidentEvent;
	/** A message that only tests a receiver (`decrypto ctl test`); every format marks it. */
	readonly test: boolean;
}

/**
 * The notification of an event. Text from the network is made well-formed Unicode (lone surrogates become U+FFFD):
 * UTF-8 cannot express anything else.
 */
export function createNotification(event: IncidentEvent, { test = false } = {}): Notification {
	return { id: notificationId(event), event: wellFormed(event), test };
}

export function notificationId(event: IncidentEvent): string {
	return `${event.incident.id}-${event.sequence}`;
}

function wellFormed<T>(value: T): T {
	if (typeof value === "string") return value.toWellFormed() as T;
	if (Array.isArray(value)) return value.map(wellFormed) as T;
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, wellFormed(member)])) as T;
}
