import type { PoolOfIncident } from "../../incident/incident.ts";
import { rfc3339 } from "../event-time.ts";
import { coinsOf, mainPool, sentence, severity, TECHNIQUE } from "../facts.ts";
import type { Notification } from "../notification.ts";
import type { NotificationFormat, Sender } from "../notification-format.ts";
import { incidentRecord } from "./json.ts";
import { jsonLine } from "./json-line.ts";

/** Elastic Common Schema 9: an alert about the incident's main pool; the whole incident stands under `decrypto`. */
export const ecsFormat: NotificationFormat = {
	name: "ecs",
	contentType: "application/json",
	extension: "json",
	separator: "\n",
	encode: (notification, sender) => jsonLine(ecsAlert(notification, sender)),
};

function ecsAlert(notification: Notification, { sensor, version }: Sender): object {
	const { id, event, test } = notification;
	const { incident } = event;
	const { host, pools } = incident;
	const names = pools.flatMap(({ serverName }) => (serverName === undefined ? [] : [serverName]));
	return {
		"@timestamp": rfc3339(event.at),
		ecs: { version: "9.4.0" },
		event: {
			kind: "alert",
			category: ["network", "intrusion_detection"],
			type: [incident.state === "closed" ? "end" : event.kind === "opened" ? "start" : "change"],
			module: "decrypto",
			dataset: "decrypto.incident",
			action: event.kind,
			id,
			sequence: event.sequence,
			severity: severity(notification) * 10,
			risk_score: incident.score * 100,
			start: rfc3339(incident.opened),
			end: rfc3339(incident.lastSeen),
			duration: Math.max(0, incident.lastSeen - incident.opened) * 1000,
			reason: event.words,
		},
		message: sentence(notification),
		rule: { id: "decrypto.incident", name: "Cryptomining", ruleset: "decrypto", version },
		threat: threat(),
		source: { ip: host.address, bytes: incident.bytesToPool },
		...destination(mainPool(incident)),
		network: { bytes: incident.bytesToPool + incident.bytesToMiner, packets: incident.packets },
		related: { ip: [...new Set([host.address, ...pools.map(({ address }) => address)])], hosts: [...new Set(names)] },
		observer: { vendor: "DeCrypto", product: "decrypto", type: "ids", name: sensor, version },
		tags: ["cryptomining", ...coinsOf(incident), ...(test ? ["test"] : [])],
		decrypto: { test, incident: incidentRecord(incident) },
	};
}

function destination(pool: PoolOfIncident | undefined): object {
	if (!pool) return {};
	const { address, port, serverName, bytesToMiner } = pool;
	return {
		destination: { ip: address, port, bytes: bytesToMiner, ...(serverName !== undefined && { domain: serverName }) },
	};
}

function threat(): object {
	const { tactic, technique, subtechnique } = TECHNIQUE;
	return {
		framework: "MITRE ATT&CK",
		tactic: { id: [tactic.id], name: [tactic.name] },
		technique: {
			id: [technique.id],
			name: [technique.name],
			subtechnique: { id: [subtechnique.id], name: [subtechnique.name] },
		},
	};
}
