import { MutedLog } from "../bytes/muted-log.ts";
import { isFlowCsv } from "../csv/header.ts";
import { isParquet } from "../csv/parquet-magic.ts";
import { isIpfixAddress } from "../ipfix/listen-address.ts";
import { isIpfix } from "../ipfix/message-framing.ts";
import { isInterface, isTrapcap, openTrapcap, openTrapSource, TRAPCAP_HEAD } from "../nemea/index.ts";
import { isExportAddress } from "../netflow/export-address.ts";
import { nfdumpVersion } from "../netflow/nfdump-magic.ts";
import type { AddressKind, ContentKind } from "./input-kind.ts";

/** The same trouble with a NEMEA interface is told once in this time. */
const QUIET_MS = 600_000;

const ALL_SIGNALS = ["payload", "server-name", "shape", "label"] as const;

/** `ipfix+udp://HOST:PORT`, `ipfix+tcp://…`, `ipfix+tls://…`: a collecting process. */
export const IPFIX_LISTENER: AddressKind = {
	name: "IPFIX collector",
	recognisedBy: "address",
	signals: ["payload", "server-name", "shape"],
	isCapture: false,
	matches: isIpfixAddress,
	isLive: () => true,
	async open(name, options) {
		const { listenForIpfix } = await import("../ipfix/ipfix-listener.ts");
		return listenForIpfix(name, {
			...(options.tls && { tls: options.tls }),
			...(options.exporters && { exporters: options.exporters }),
			...(options.idleTimeout !== undefined && { idleTimeout: options.idleTimeout }),
			...(options.warn && { onWarning: options.warn }),
		});
	},
};

/** `netflow+udp://HOST:PORT`, `sflow+udp://HOST:PORT`: NetFlow v5 and v9, IPFIX and sFlow v5; records of one direction are paired. */
export const EXPORT_LISTENER: AddressKind = {
	name: "NetFlow and sFlow collector",
	recognisedBy: "address",
	// What NetFlow does not carry, IPFIX may; the listener tells when NetFlow comes.
	signals: ["payload", "server-name", "shape"],
	isCapture: false,
	matches: isExportAddress,
	isLive: () => true,
	async open(name, { exporters, warn }) {
		const { listenForExports } = await import("../netflow/export-listener.ts");
		return listenForExports(name, { ...(exporters && { exporters }), ...(warn && { onWarning: warn }) });
	},
};

/** A NEMEA interface: `u:NAME`, `t:PORT`, `T:…`, `f:PATH`. */
export const NEMEA_INTERFACE: AddressKind = {
	name: "NEMEA interface",
	recognisedBy: "address",
	signals: ALL_SIGNALS,
	isCapture: false,
	matches: isInterface,
	isLive: (name) => !name.startsWith("f:"),
	open(name, { socketDirectory, warn }) {
		// A sender that is not there is tried again every second.
		const log = warn && new MutedLog(warn, 1, QUIET_MS);
		return openTrapSource(name, {
			...(socketDirectory !== undefined && { socketDirectory }),
			...(log && { warn: (topic, line) => log.warn(topic, line) }),
		});
	},
};

export const TRAPCAP: ContentKind = {
	name: "trapcap",
	recognisedBy: "content",
	signals: ALL_SIGNALS,
	isCapture: false,
	matches: (head) => isTrapcap(head.subarray(0, TRAPCAP_HEAD)),
	open: (bytes) => openTrapcap(bytes),
};

export const IPFIX_FILE: ContentKind = {
	name: "IPFIX file",
	recognisedBy: "content",
	signals: ALL_SIGNALS,
	isCapture: false,
	matches: isIpfix,
	open: async (bytes) => (await import("../ipfix/ipfix-source.ts")).openIpfixSource(bytes),
};

/** What nfcapd writes down of NetFlow, IPFIX and sFlow: no payload, no packet lists. */
export const NFDUMP_FILE: ContentKind = {
	name: "nfdump file",
	recognisedBy: "content",
	signals: [],
	isCapture: false,
	matches: (head) => nfdumpVersion(head) > 0,
	open: async (bytes) => (await import("../netflow/nfdump-source.ts")).openNfdumpSource(bytes),
};

/** The NEMEA logger's CSV, and that of the CESNET-MINER22 data set. */
export const FLOW_CSV: ContentKind = {
	name: "flow CSV",
	recognisedBy: "content",
	signals: ALL_SIGNALS,
	isCapture: false,
	matches: isFlowCsv,
	open: async (bytes) => (await import("../csv/csv-source.ts")).openCsvSource(bytes),
};

/** A Parquet file has its index at its end: it is read by its name, from any place. */
export const PARQUET: ContentKind = {
	name: "Parquet",
	recognisedBy: "content",
	signals: ALL_SIGNALS,
	isCapture: false,
	needsFile: true,
	matches: isParquet,
	async open(bytes, { name }) {
		bytes.close();
		return (await import("../csv/parquet-source.ts")).openParquetSource(name);
	},
};
