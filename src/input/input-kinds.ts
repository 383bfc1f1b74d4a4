import { BUS_FLOWS } from "./bus-kind.ts";
import { CAPTURE, LIVE_CAPTURE } from "./capture-kinds.ts";
import { FOLLOWED_PATH } from "./followed-directory-kind.ts";
import type { AddressKind, ContentKind } from "./input-kind.ts";
import {
	EXPORT_LISTENER,
	FLOW_CSV,
	IPFIX_FILE,
	IPFIX_LISTENER,
	NEMEA_INTERFACE,
	NFDUMP_FILE,
	PARQUET,
	TRAPCAP,
} from "./record-kinds.ts";
import { EVE_SOCKET, REDIS_LIST, SENSOR_LOG } from "./sensor-log-kinds.ts";

/**
 * All kinds of input; the first that matches is taken. What reads a kind is loaded when an input of the kind is opened: most
 * of a short run is the loading of modules. To add an input, add its row.
 */
export const ADDRESS_KINDS: readonly AddressKind[] = [
	LIVE_CAPTURE,
	IPFIX_LISTENER,
	EXPORT_LISTENER,
	FOLLOWED_PATH,
	EVE_SOCKET,
	REDIS_LIST,
	NEMEA_INTERFACE,
	BUS_FLOWS,
];
export const CONTENT_KINDS: readonly ContentKind[] = [
	CAPTURE,
	TRAPCAP,
	IPFIX_FILE,
	NFDUMP_FILE,
	FLOW_CSV,
	PARQUET,
	SENSOR_LOG,
];

/** The kind that a name tells, or undefined for a file or standard input. */
export function kindOfAddress(name: string): AddressKind | undefined {
	return ADDRESS_KINDS.find((kind) => kind.matches(name));
}

/** Whether the input goes on until it is stopped, so that no other input can wait for its end. */
export function isEndlessName(name: string): boolean {
	return kindOfAddress(name)?.isLive(name) === true;
}

/** Whether flows of the input may come as they happen: those of standard input, too. */
export function isLiveName(name: string): boolean {
	return name === "-" || isEndlessName(name);
}
