import { rfc3339 } from "../event-time.ts";
import { coinsOf, isAllowed, mainPool, sentence } from "../facts.ts";
import type { Notification } from "../notification.ts";
import type { NotificationFormat, Sender } from "../notification-format.ts";
import { jsonLine } from "./json-line.ts";

/** An open incident sends a reminder every 24 h; its alert lives somewhat longer than two of them. */
const ALERT_LIFETIME_MS = 50 * 3_600_000;

/**
 * The body of Alertmanager's `POST /api/v2/alerts`. The labels never change while the incident lives, so that it is one
 * alert that fires once and resolves when the incident closes.
 */
export const alertmanagerFormat: NotificationFormat = {
	name: "alertmanager",
	contentType: "application/json",
	extension: "json",
	separator: "\n",
	encode: (notification, sender) => jsonLine([alert(notification, sender)]),
	batch: (notifications, sender) => jsonLine(latest(notifications).map((each) => alert(each, sender))),
};

/** The last event of each incident: Alertmanager keeps only the current state. */
function latest(notifications: readonly Notification[]): Notification[] {
	return [...new Map(notifications.map((each) => [`${each.event.incident.id} ${each.test}`, each])).values()];
}

function alert(notification: Notification, { sensor, now }: Sender): object {
	const { event, test } = notification;
	const { incident } = event;
	const pool = mainPool(incident);
	const ended = incident.state === "closed" || isAllowed(incident);
	const end = ended ? Math.min(now() * 1000, incident.closed ?? event.at) : (now() + ALERT_LIFETIME_MS) * 1000;
	return {
		labels: {
			alertname: test ? "CryptominingTest" : "Cryptomining",
			incident: incident.id,
			host: incident.host.address,
			...(incident.host.network !== undefined && { network: incident.host.network }),
			sensor,
		},
		annotations: {
			summary: sentence(notification),
			confidence: incident.confidence,
			role: incident.role,
			event: event.kind,
			sequence: String(event.sequence),
			flows: String(incident.flows),
			coins: coinsOf(incident).join(", "),
			pool: pool?.key ?? "",
		},
		startsAt: rfc3339(incident.opened),
		endsAt: rfc3339(Math.max(end, incident.opened)),
	};
}
