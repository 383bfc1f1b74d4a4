import { milliseconds } from "../event-time.ts";
import { coinsOf, mainPool, sentence, severity } from "../facts.ts";
import type { NotificationFormat } from "../notification-format.ts";
import { visibleText } from "./visible-text.ts";

/** ArcSight Common Event Format: header fields between `|`, then `key=value` pairs between blanks. */
export const cefFormat: NotificationFormat = {
	name: "cef",
	contentType: "text/plain; charset=utf-8",
	extension: "cef",
	separator: "\n",
	encode(notification, sender) {
		const { event, test, id } = notification;
		const { incident } = event;
		const pool = mainPool(incident);
		const coins = coinsOf(incident);
		const header = [
			"CEF:0",
			"DeCrypto",
			"decrypto",
			sender.version,
			`decrypto.${event.kind}`,
			test ? "Test notification" : "Cryptomining",
			String(severity(notification)),
		];
		const extension: [key: string, value: string | number | undefined][] = [
			["rt", milliseconds(event.at)],
			["start", milliseconds(incident.opened)],
			["end", milliseconds(incident.lastSeen)],
			["dvchost", sender.sensor],
			["externalId", id],
			["src", incident.host.address],
			["dst", pool?.address],
			["dpt", pool?.port],
			["dhost", pool?.serverName],
			["out", incident.bytesToPool],
			["in", incident.bytesToMiner],
			["cnt", incident.flows],
			["act", event.kind],
			["cat", incident.state],
			["cs1Label", "confidence"],
			["cs1", incident.confidence],
			["cs2Label", "incident"],
			["cs2", incident.id],
			["cs3Label", coins.length > 0 ? "coins" : undefined],
			["cs3", coins.length > 0 ? coins.join(",") : undefined],
			["cn1Label", "sequence"],
			["cn1", event.sequence],
			["cfp1Label", "score"],
			["cfp1", incident.score],
			["msg", sentence(notification)],
		];
		const pairs = extension.flatMap(([key, value]) =>
			value === undefined ? [] : [`${key}=${extensionValue(String(value))}`],
		);
		return `${header.map(headerField).join("|")}|${pairs.join(" ")}`;
	},
};

function headerField(text: string): string {
	return visibleText(text).replace(/[\\|]/g, "\\$&");
}

function extensionValue(text: string): string {
	return visibleText(text).replace(/[\\=]/g, "\\$&");
}
