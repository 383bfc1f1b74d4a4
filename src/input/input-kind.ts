import type { ByteSource } from "../bytes/byte-source.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import type { NamedInput } from "./input-list.ts";
import type { InputOptions, OpenedInput, Signal } from "./input-options.ts";

/** A kind of input: how it is recognised, how it is opened, and what its flows carry. */
export type InputKind = AddressKind | ContentKind;

interface KindOfInput {
	/** For people: `pcap`, `IPFIX file`. */
	readonly name: string;
	/** Signals that the input can carry; what is missing is the vacuous mass for all of its flows. */
	readonly signals: readonly Signal[];
	/** Packets are metered. */
	readonly isCapture: boolean;
}

/** An input that is recognised by its name: `live:eth0`, `ipfix+udp://HOST`, `u:flows`. */
export interface AddressKind extends KindOfInput {
	readonly recognisedBy: "address";
	matches(name: string): boolean;
	/** Whether it goes on until it is stopped. */
	isLive(name: string): boolean;
	/** `openFile` is for an input that consists of files. */
	open(name: string, options: InputOptions, openFile: OpenFile): Promise<FlowSource> | FlowSource;
}

/**
 * Opens a file by its content; undefined for one of no known kind. `hasSuccessor` tells that a growing file is not written to
 * any more.
 */
export type OpenFile = (
	file: NamedInput,
	options: InputOptions,
	hasSuccessor: () => boolean,
) => Promise<OpenedInput | undefined>;

/** A file, or standard input, that is recognised by its first bytes. */
export interface ContentKind extends KindOfInput {
	readonly recognisedBy: "content";
	/** `head` has at most `CONTENT_HEAD` bytes; of a file that still grows, at least those of a capture's header. */
	matches(head: Uint8Array): boolean;
	/**
	 * Takes over `bytes`, and closes them where the file is read in another way. Undefined for a file of a directory that is
	 * read together with another.
	 */
	open(
		bytes: ByteSource,
		input: NamedInput,
		options: InputOptions,
	): Promise<FlowSource | undefined> | FlowSource | undefined;
	/** It can only be read from a file, not from a pipe. */
	readonly needsFile?: true;
}

/** Header lines of flow files are longer than the magic numbers of the other kinds. */
export const CONTENT_HEAD = 8192;
