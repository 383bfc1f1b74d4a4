import { rfc3339 } from "../event-time.ts";
import { coinsOf, mainPool, sentence, severity, TECHNIQUE } from "../facts.ts";
import type { Notification } from "../notification.ts";
import type { NotificationFormat, Sender } from "../notification-format.ts";
import { jsonLine } from "./json-line.ts";

/** Suricata reserves 1000000 … 1999999 for local rules. */
const SIGNATURE_ID = 1_496_001;

/** Suricata EVE, `event_type: alert`: an incident as an alert about its main pool. Suricata's severity 1 is the highest. */
export const eveFormat: NotificationFormat = {
	name: "eve",
	contentType: "application/json",
	extension: "json",
	separator: "\n",
	encode: (notification, sender) => jsonLine(eveAlert(notification, sender)),
};

function eveAlert(notification: Notification, { sensor }: Sender): object {
	const { id, event, test } = notification;
	const { incident } = event;
	const pool = mainPool(incident);
	const level = severity(notification);
	return {
		timestamp: eveTime(event.at),
		event_type: "alert",
		host: sensor,
		src_ip: incident.host.address,
		...(pool && { dest_ip: pool.address, dest_port: pool.port }),
		...(pool?.serverName !== undefined && { tls: { sni: pool.serverName } }),
		...(pool && {
			flow: {
				bytes_toserver: pool.bytesToPool,
				bytes_toclient: pool.bytesToMiner,
				start: eveTime(pool.firstSeen),
				end: eveTime(pool.lastSeen),
			},
		}),
		alert: {
			action: "allowed",
			gid: 1,
			signature_id: SIGNATURE_ID,
			rev: 1,
			signature: test ? "DECRYPTO test notification" : "DECRYPTO cryptomining",
			category: "Crypto Currency Mining Activity Detected",
			severity: level >= 7 ? 1 : level >= 4 ? 2 : 3,
			metadata: {
				malware_family: ["coinminer"],
				signature_severity: [level >= 7 ? "Major" : "Minor"],
				tag: [TECHNIQUE.technique.id, ...coinsOf(incident).map((coin) => `coin:${coin}`)],
				notification: [id],
				event: [event.kind],
				incident: [incident.id],
				sequence: [String(event.sequence)],
				state: [incident.state],
				confidence: [incident.confidence],
				message: [sentence(notification)],
			},
		},
	};
}

/** RFC 3339 with `+0000`, as Suricata writes it. */
function eveTime(microseconds: number): string {
	return rfc3339(microseconds).replace("Z", "+0000");
}
