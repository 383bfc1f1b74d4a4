import type { Incident, PoolOfIncident } from "../../incident/incident.ts";
import { rfc3339 } from "../event-time.ts";
import { sentence } from "../facts.ts";
import type { Notification } from "../notification.ts";
import type { NotificationFormat } from "../notification-format.ts";
import { visibleText } from "./visible-text.ts";

/** For mail and terminals: one sentence, then the facts, one a line. Text from the network cannot begin a line or colour it. */
export const textFormat: NotificationFormat = {
	name: "text",
	contentType: "text/plain; charset=utf-8",
	extension: "txt",
	separator: "\n\n",
	encode: (notification) => [visibleText(sentence(notification)), ...facts(notification)].join("\n"),
	batch(notifications, sender) {
		const parts = notifications.map((each) => textFormat.encode(each, sender));
		return [`${notifications.length} notifications`, ...parts].join("\n\n");
	},
};

function facts({ id, event }: Notification): string[] {
	const { incident } = event;
	const { host } = incident;
	return lines("  ", [
		["host", host.address],
		["network", host.network],
		["domain", host.domain],
		["role", incident.role],
		["state", incident.state],
		["confidence", `${incident.confidence} (score ${incident.score.toFixed(3)})`],
		["from", rfc3339(incident.opened)],
		["to", rfc3339(incident.lastSeen)],
		["traffic", traffic(incident)],
		["allowed by", incident.allowedBy.join(", ") || undefined],
		["event", `${event.kind}, number ${event.sequence}`],
		["id", id],
	])
		.concat(incident.signals.flatMap(({ words }) => lines("  ", [["evidence", words]])))
		.concat(incident.pools.flatMap(poolLines))
		.concat(incident.furtherPools > 0 ? [`  further pools: ${incident.furtherPools}`] : []);
}

function poolLines(pool: PoolOfIncident): string[] {
	return [
		...lines("  ", [["pool", pool.key]]),
		...lines("    ", [
			["address", `${pool.address} port ${pool.port}`],
			["server name", pool.serverName],
			["coin", pool.coin],
			["protocol", pool.protocol],
			["software", pool.software],
			["wallet", pool.walletPrefix],
			["outcome", pool.outcome],
			["traffic", traffic(pool)],
			["from", rfc3339(pool.firstSeen)],
			["to", rfc3339(pool.lastSeen)],
		]),
	];
}

function traffic({ flows, packets, bytesToPool, bytesToMiner }: Incident | PoolOfIncident): string {
	return `${flows} flows, ${packets} packets, ${bytesToPool} bytes to the pool, ${bytesToMiner} bytes back`;
}

function lines(indent: string, facts: readonly (readonly [name: string, value: string | undefined])[]): string[] {
	return facts.flatMap(([name, value]) => (value === undefined ? [] : [`${indent}${name}: ${visibleText(value)}`]));
}
