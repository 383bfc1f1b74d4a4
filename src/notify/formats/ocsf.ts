import type { Confidence, EventKind, Incident, PoolOfIncident } from "../../incident/incident.ts";
import { milliseconds } from "../event-time.ts";
import { isAllowed, sentence, severity, TECHNIQUE } from "../facts.ts";
import type { Notification } from "../notification.ts";
import type { NotificationFormat, Sender } from "../notification-format.ts";
import { jsonLine } from "./json-line.ts";

/** OCSF Detection Finding (class 2004): one finding per incident, created, updated and closed. */
export const ocsfFormat: NotificationFormat = {
	name: "ocsf",
	contentType: "application/json",
	extension: "json",
	separator: "\n",
	encode: (notification, sender) => jsonLine(detectionFinding(notification, sender)),
};

const CLASS = 2004;
const ACTIVITIES = { create: [1, "Create"], update: [2, "Update"], close: [3, "Close"] } as const;
const CONFIDENCE_IDS: Readonly<Record<Confidence, readonly [id: number, name: string]>> = {
	suspected: [1, "Low"],
	probable: [2, "Medium"],
	confirmed: [3, "High"],
};

function activityOf(kind: EventKind): readonly [id: number, name: string] {
	if (kind === "opened") return ACTIVITIES.create;
	return kind === "closed" ? ACTIVITIES.close : ACTIVITIES.update;
}

function statusOf(incident: Incident, kind: EventKind): object {
	if (isAllowed(incident)) return { status_id: 3, status: "Suppressed" };
	if (incident.state === "closed") return { status_id: 4, status: "Resolved" };
	return kind === "opened" ? { status_id: 1, status: "New" } : { status_id: 2, status: "In Progress" };
}

function severityOf(notification: Notification): object {
	const level = severity(notification);
	if (level >= 9) return { severity_id: 4, severity: "High" };
	if (level >= 7) return { severity_id: 3, severity: "Medium" };
	return level >= 4 ? { severity_id: 2, severity: "Low" } : { severity_id: 1, severity: "Informational" };
}

function detectionFinding(notification: Notification, sender: Sender): object {
	const { id, event, test } = notification;
	const { incident } = event;
	const [activity, activityName] = activityOf(event.kind);
	const [confidence, confidenceName] = CONFIDENCE_IDS[incident.confidence];
	return {
		activity_id: activity,
		activity_name: activityName,
		category_uid: 2,
		category_name: "Findings",
		class_uid: CLASS,
		class_name: "Detection Finding",
		type_uid: CLASS * 100 + activity,
		type_name: `Detection Finding: ${activityName}`,
		time: milliseconds(event.at),
		start_time: milliseconds(incident.opened),
		end_time: milliseconds(incident.lastSeen),
		...severityOf(notification),
		...statusOf(incident, event.kind),
		confidence_id: confidence,
		confidence: confidenceName,
		confidence_score: Math.round(incident.score * 100),
		is_alert: !test,
		message: sentence(notification),
		metadata: {
			version: "1.8.0",
			uid: id,
			sequence: event.sequence,
			product: { name: "decrypto", vendor_name: "DeCrypto", version: sender.version },
			log_provider: sender.sensor,
			...(test && { labels: ["test"] }),
		},
		finding_info: findingInfo(incident, event.words),
		evidences: incident.pools.map((pool) => evidence(incident, pool)),
		observables: observables(incident),
	};
}

function findingInfo(incident: Incident, words: string): object {
	const { tactic, technique, subtechnique } = TECHNIQUE;
	return {
		uid: incident.id,
		title: "Cryptomining",
		desc: words,
		types: ["Cryptomining"],
		first_seen_time: milliseconds(incident.opened),
		last_seen_time: milliseconds(incident.lastSeen),
		analytic: { type_id: 4, type: "Learning (ML/DL)", name: "decrypto", uid: "decrypto.incident" },
		attacks: [
			{
				tactic: { uid: tactic.id, name: tactic.name },
				technique: { uid: technique.id, name: technique.name },
				sub_technique: { uid: subtechnique.id, name: subtechnique.name },
			},
		],
	};
}

function evidence({ host }: Incident, pool: PoolOfIncident): object {
	const { address, port, serverName, flows, coin, protocol, software, walletPrefix, outcome } = pool;
	return {
		src_endpoint: { ip: host.address },
		dst_endpoint: { ip: address, port, ...(serverName !== undefined && { hostname: serverName }) },
		data: { flows, coin, protocol, software, wallet_prefix: walletPrefix, outcome },
	};
}

function observables({ host, pools }: Incident): object[] {
	const addresses = [{ type_id: 2, type: "IP Address", name: "evidences[].src_endpoint.ip", value: host.address }];
	for (const [i, { address, serverName }] of pools.entries()) {
		const end = `evidences[${i}].dst_endpoint`;
		addresses.push({ type_id: 2, type: "IP Address", name: `${end}.ip`, value: address });
		if (serverName !== undefined) {
			addresses.push({ type_id: 1, type: "Hostname", name: `${end}.hostname`, value: serverName });
		}
	}
	return addresses;
}
