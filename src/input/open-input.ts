import { statSync } from "node:fs";
import { type ByteSource, openByteSource } from "../bytes/byte-source.ts";
import { DeCryptoError, UsageError } from "../bytes/error.ts";
import { openGrowingFile } from "../bytes/growing-file.ts";
import { CAPTURE_HEAD, isCapture } from "../capture/packet-reader.ts";
import { foreignFormatHint } from "./foreign-formats.ts";
import { CONTENT_HEAD, type ContentKind } from "./input-kind.ts";
import { CONTENT_KINDS, kindOfAddress } from "./input-kinds.ts";
import type { NamedInput } from "./input-list.ts";
import type { InputOptions, OpenedInput } from "./input-options.ts";
import { tellSignals } from "./tell-signals.ts";

/**
 * Opens an input: an address (`live:DEVICE`, `ipfix+udp://HOST:PORT`, `u:NAME`), or a file or standard input (`-`) whose first
 * bytes tell its kind, whatever its name. Undefined for a file that was found in a directory and is of no known kind.
 * `hasSuccessor` tells, for a directory that is followed, that the file is not written to any more.
 * Throws a `DeCryptoError` (code `input`) for a file of no known kind, a `UsageError` where an option is not for the input.
 */
export async function openInput(
	input: NamedInput,
	options: InputOptions,
	hasSuccessor: () => boolean = () => true,
): Promise<OpenedInput | undefined> {
	const kind = kindOfAddress(input.name);
	if (kind === undefined) return openFile(input, options, hasSuccessor);
	const source = await kind.open(input.name, options, openFile);
	tellSignals(source, kind);
	return { source, kind: kind.name, isCapture: kind.isCapture, isLive: kind.isLive(input.name) };
}

async function openFile(
	input: NamedInput,
	options: InputOptions,
	hasSuccessor: () => boolean,
): Promise<OpenedInput | undefined> {
	const { name, directory, isGrowing } = input;
	const bytes = isGrowing ? openGrowingFile(name, hasSuccessor) : openByteSource(name);
	const { head, kind } = await kindOf(bytes, input);
	if (options.filter && kind?.isCapture !== true && directory === undefined) {
		bytes.close();
		throw new UsageError(`${name}: a filter is for captures, and this is none`);
	}
	if (kind !== undefined) {
		const source = await kind.open(bytes, input, options);
		if (source === undefined) return undefined;
		if (directory === undefined) tellSignals(source, kind);
		const isLive = kind.isCapture && (name === "-" || isGrowing === true);
		return { source, kind: kind.name, isCapture: kind.isCapture, isLive };
	}
	bytes.close();
	if (directory !== undefined) return undefined;
	if (head.length === 0) throw new DeCryptoError("input", `${name}: the file is empty`);
	const hint = foreignFormatHint(head);
	if (hint !== undefined) throw new DeCryptoError("input", `${name}: ${hint}`);
	throw new DeCryptoError(
		"input",
		`${name}: neither a capture (pcap, pcapng) nor a flow file (trapcap, IPFIX, CSV, Parquet), nor a log (Zeek, Suricata EVE, cloud flow logs)`,
	);
}

/**
 * Looks at the first bytes. A capture is known by few of them, and more may be long in coming where it is live; of a file that
 * grows, what it holds already is asked about first, and then more as it comes.
 */
async function kindOf(
	bytes: ByteSource,
	{ name, isGrowing }: NamedInput,
): Promise<{ head: Uint8Array; kind: ContentKind | undefined }> {
	let head = await bytes.peek(CAPTURE_HEAD);
	if (isCapture(head)) return { head, kind: kindOfContent(head, name) };
	let wanted = isGrowing ? sizeOf(name) : CONTENT_HEAD;
	for (;;) {
		wanted = Math.min(CONTENT_HEAD, Math.max(wanted, head.length + 1));
		head = await bytes.peek(wanted);
		const kind = kindOfContent(head, name);
		if (kind !== undefined || head.length < wanted || wanted === CONTENT_HEAD) return { head, kind };
		wanted = sizeOf(name);
	}
}

function kindOfContent(head: Uint8Array, name: string): ContentKind | undefined {
	return CONTENT_KINDS.find((kind) => kind.matches(head) && !(kind.needsFile && name === "-"));
}

function sizeOf(path: string): number {
	return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
