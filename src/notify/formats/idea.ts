import { isIP } from "node:net";
import type { Incident, PoolOfIncident } from "../../incident/incident.ts";
import { rfc3339 } from "../event-time.ts";
import { flowsOf, sentence, TECHNIQUE } from "../facts.ts";
import type { Notification } from "../notification.ts";
import type { NotificationFormat, Sender } from "../notification-format.ts";
import { stableUuid } from "../stable-uuid.ts";
import { jsonLine } from "./json-line.ts";

/** IDEA0, the event format of Warden: category `Suspicious.Miner`; tests are category `Test`. */
export const ideaFormat: NotificationFormat = {
	name: "idea",
	contentType: "application/json",
	extension: "idea",
	separator: "\n",
	encode: (notification, sender) => jsonLine(ideaEvent(notification, sender)),
};

function ideaEvent(notification: Notification, { sensor, version, now }: Sender): object {
	const { id, event, test } = notification;
	const { incident } = event;
	return {
		Format: "IDEA0",
		ID: stableUuid(id),
		AltNames: [id],
		CorrelID: [stableUuid(incident.id)],
		CreateTime: rfc3339(now() * 1000),
		DetectTime: rfc3339(event.at),
		EventTime: rfc3339(incident.opened),
		CeaseTime: rfc3339(incident.lastSeen),
		Category: test ? ["Suspicious.Miner", "Test"] : ["Suspicious.Miner"],
		Confidence: incident.score,
		FlowCount: incident.flows,
		PacketCount: incident.packets,
		ByteCount: incident.bytesToPool + incident.bytesToMiner,
		Description: sentence(notification),
		Note: event.words,
		Ref: [TECHNIQUE.url],
		Source: [ideaAddress(incident.host.address)],
		Target: incident.pools.map(target),
		Node: [{ Name: ideaNodeName(sensor), SW: ["decrypto", version], Type: nodeTypes(incident) }],
	};
}

function target({ address, port, serverName }: PoolOfIncident): object {
	return {
		...ideaAddress(address),
		Port: [port],
		Type: ["MiningPool"],
		...(serverName !== undefined && { Hostname: [serverName] }),
	};
}

/** The member that holds an address. */
export function ideaAddress(address: string): object {
	return isIP(address) === 6 ? { IP6: [address] } : { IP4: [address] };
}

/** Node names are letters, digits and `_`, in parts between dots, none of which begins with a digit. */
export function ideaNodeName(sensor: string): string {
	const parts = sensor.split(".").map((part) => part.replace(/[^A-Za-z0-9_]/g, "_").replace(/^(?=\d|$)/, "_"));
	return parts.length > 1 ? parts.join(".") : `decrypto.${parts[0]}`;
}

function nodeTypes(incident: Incident): string[] {
	const content = flowsOf(incident, "payload") > 0 ? ["Content"] : [];
	return ["Flow", ...content, "Statistical"];
}
