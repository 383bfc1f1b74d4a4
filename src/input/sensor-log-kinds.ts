import { openByteSource } from "../bytes/byte-source.ts";
import { logKindOf } from "../logs/log-kinds.ts";
import type { AddressKind, ContentKind } from "./input-kind.ts";

const SIGNALS = ["server-name", "resolved-name", "foreign-alert"] as const;
const EVE = "eve+unix://";
const REDIS = "redis://";

/**
 * Logs of other sensors: Zeek, Suricata, flow logs of clouds. A Zeek `conn.log` is read with the logs beside it that tell
 * names; in a directory these are not read again by themselves.
 */
export const SENSOR_LOG: ContentKind = {
	name: "sensor log",
	recognisedBy: "content",
	signals: SIGNALS,
	isCapture: false,
	matches: (head) => logKindOf(head) !== undefined,
	async open(bytes, { name, directory }) {
		const { isBesideConnections, zeekSiblings } = await import("../logs/zeek-siblings.ts");
		if (directory !== undefined && isBesideConnections(name)) {
			bytes.close();
			return undefined;
		}
		const side = name === "-" ? [] : zeekSiblings(name).map(openByteSource);
		return (await import("../logs/log-source.ts")).openLogSource(bytes, { side });
	},
};

/** `eve+unix://PATH`: a Unix stream socket that Suricata writes its EVE log to. */
export const EVE_SOCKET: AddressKind = {
	name: "EVE socket",
	recognisedBy: "address",
	signals: SIGNALS,
	isCapture: false,
	matches: (name) => name.startsWith(EVE),
	isLive: () => true,
	open: async (name) => (await import("../logs/eve-socket.ts")).listenForEve(name, name.slice(EVE.length)),
};

/** `redis://HOST:PORT/KEY`: a list in Redis that Suricata pushes its events to. */
export const REDIS_LIST: AddressKind = {
	name: "Redis list",
	recognisedBy: "address",
	signals: SIGNALS,
	isCapture: false,
	matches: (name) => name.startsWith(REDIS),
	isLive: () => true,
	open: async (name, { password }) => (await import("../logs/redis-log.ts")).openRedisLog(name, password),
};
