import { rfc3339 } from "../event-time.ts";
import { coinsOf, isAllowed, mainPool, sentence } from "../facts.ts";
import type { Notification } from "../notification.ts";

/** Chat services refuse long messages; a person does not read them either. In UTF-16 code units. */
const TEXT_MAX = 600;

/** A text from the network at the length that chats show. */
function shortened(text: string): string {
	if (text.length <= TEXT_MAX) return text;
	return `${text.slice(0, TEXT_MAX).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** What a chat message says: one sentence, then a few facts. */
export interface ChatMessage {
	readonly sentence: string;
	readonly facts: readonly (readonly [name: string, value: string])[];
}

export function chatMessage(notification: Notification): ChatMessage {
	const { event, id } = notification;
	const { incident } = event;
	const pool = mainPool(incident);
	const facts: [string, string | undefined][] = [
		["Host", incident.host.address],
		["Network", incident.host.network],
		["Server name", pool?.serverName],
		["Pool address", pool && `${pool.address} port ${pool.port}`],
		["Coins", coinsOf(incident).join(", ") || undefined],
		["Software", pool?.software],
		["Confidence", incident.confidence],
		["Flows", String(incident.flows)],
		["Since", rfc3339(incident.opened)],
		["Allowed by", isAllowed(incident) ? incident.allowedBy.join(", ") : undefined],
		["Notification", id],
	];
	return {
		sentence: shortened(sentence(notification)),
		facts: facts.flatMap(([name, value]) => (value ? [[name, shortened(value)] as const] : [])),
	};
}
