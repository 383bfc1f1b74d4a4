import { milliseconds } from "../event-time.ts";
import { coinsOf, mainPool, sentence, severity } from "../facts.ts";
import type { NotificationFormat } from "../notification-format.ts";
import { visibleText } from "./visible-text.ts";

/** QRadar's Log Event Extended Format 2.0: attributes between tabs, which {@link visibleText} keeps out of values. */
export const leefFormat: NotificationFormat = {
	name: "leef",
	contentType: "text/plain; charset=utf-8",
	extension: "leef",
	separator: "\n",
	encode(notification, sender) {
		const { event, test, id } = notification;
		const { incident } = event;
		const pool = mainPool(incident);
		const coins = coinsOf(incident);
		const attributes: [key: string, value: string | number | undefined][] = [
			["devTime", milliseconds(event.at)],
			["cat", test ? "test" : "cryptomining"],
			["sev", severity(notification)],
			["src", incident.host.address],
			["dst", pool?.address],
			["dstPort", pool?.port],
			["srcBytes", incident.bytesToPool],
			["dstBytes", incident.bytesToMiner],
			["totalPackets", incident.packets],
			["sensor", sender.sensor],
			["id", id],
			["incident", incident.id],
			["sequence", event.sequence],
			["state", incident.state],
			["confidence", incident.confidence],
			["score", incident.score],
			["flows", incident.flows],
			["serverName", pool?.serverName],
			["coins", coins.length > 0 ? coins.join(",") : undefined],
			["msg", sentence(notification)],
		];
		const pairs = attributes.flatMap(([key, value]) =>
			value === undefined ? [] : [`${key}=${visibleText(String(value))}`],
		);
		const version = visibleText(sender.version).replaceAll("|", "/");
		return `LEEF:2.0|DeCrypto|decrypto|${version}|decrypto.${event.kind}|x09|${pairs.join("\t")}`;
	},
};
