import type { FlowSource } from "../flow/flow-source.ts";
import type { UnirecField } from "../flow/unirec-fields.ts";
import { FlowInput } from "./flow-input.ts";
import { type Interface, isInterface, parseInterface } from "./interface-specifier.ts";
import type { RecordInput } from "./record-input.ts";
import { SocketInput } from "./socket-input.ts";
import { socketDirectoryOf } from "./socket-path.ts";
import { expandPaths, TrapcapFiles } from "./trapcap-files.ts";

export interface TrapInputOptions {
	/** Directory of Unix sockets (`TRAP_SOCKET_DIR`); absent: `/run/libtrap` if it exists, else `/tmp`. */
	readonly socketDirectory?: string;
	/** Called for failed connections and invalid data; the input continues. `topic` is a literal, for a rate-limited log. */
	readonly warn?: (topic: string, line: string) => void;
	/** Milliseconds between attempts to connect. */
	readonly retryMs?: number;
}

export interface TrapSourceOptions extends TrapInputOptions {
	/** Fields that the records must have beside those that make a flow. */
	readonly alsoRequired?: readonly UnirecField[];
}

/**
 * Flows from a NEMEA interface (`u:flows`, `t:host:7600`, `T:host:7600:key:cert:ca`, `f:flows*.trapcap`) or the path of
 * a `.trapcap` file. Throws a `UsageError` for a malformed specifier, at once; whatever the sender does wrong is a count,
 * a warning, or an error of the first pull.
 */
export function openTrapSource(specifier: string, options: TrapSourceOptions = {}): FlowSource {
	return new FlowInput(openTrapInput(specifier, options), options.alsoRequired);
}

/** The same as records of any template, undecoded. */
export function openTrapInput(specifier: string, options: TrapInputOptions = {}): RecordInput {
	return openInterfaceInput(parseInterface(isInterface(specifier) ? specifier : `f:${specifier}`, "input"), options);
}

export function openInterfaceInput(described: Interface, options: TrapInputOptions): RecordInput {
	const { address } = described;
	if (address.kind === "file") return new TrapcapFiles(described.text, expandPaths(address.path));
	return new SocketInput(described, { ...options, socketDirectory: socketDirectoryOf(options.socketDirectory) });
}
