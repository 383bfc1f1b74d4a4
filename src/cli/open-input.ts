import { type ByteSource, openByteSource } from "../bytes/byte-source.ts";
import { DeCryptoError, UsageError } from "../bytes/error.ts";
import { openGrowingFile } from "../bytes/growing-file.ts";
import { CAPTURE_HEAD, isCapture } from "../capture/packet-reader.ts";
import { isFlowCsv } from "../csv/header.ts";
import { isParquet } from "../csv/parquet-magic.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { isIpfixAddress } from "../ipfix/listen-address.ts";
import { isIpfix } from "../ipfix/message-framing.ts";
import type { TlsFiles } from "../ipfix/stream-receiver.ts";
import type { MeterCaptureOptions } from "../meter/meter-capture.ts";
import { mayBecomeMining } from "../mining/may-become-mining.ts";
import { isInterface, isTrapcap, openTrapcap, openTrapSource, TRAPCAP_HEAD } from "../nemea/index.ts";
import type { NamedInput } from "./input-list.ts";
import { trapOptions } from "./trap-options.ts";

export interface InputOptions {
	/** How packets become flows. */
	readonly metering: MeterCaptureOptions;
	/** What more payload than the first packet's is kept for: then only of directions that may turn out to be that. */
	readonly payloadFor?: "mining";
	/** Whether a thread of its own that reads flow records reads their payload for the judge, too. Metering captures is work enough. */
	readonly readsPayloads?: boolean;
	/** A BPF expression that narrows captures. */
	readonly filter?: string;
	/** Certificates for `ipfix+tls://`. */
	readonly tls?: TlsFiles;
	/** Told what a person should know while a live input goes on. */
	readonly warn?: (line: string) => void;
}

export interface OpenedInput {
	readonly source: FlowSource;
	/** Packets are metered: there are no labels. */
	readonly isCapture: boolean;
	/** It goes on until it is stopped. */
	readonly isLive: boolean;
}

/** Header lines of flow files are longer than the magic numbers of the other kinds. */
const CSV_HEAD = 8192;
const LIVE = "live:";

/**
 * Opens an input: `live:DEVICE`, `ipfix+udp://HOST:PORT` and its kin, a NEMEA interface (`u:NAME`), or a file or standard input (`-`) whose kind its
 * first bytes tell, whatever its name. Undefined for a file that was found in a directory and is of no known kind.
 * `hasSuccessor` tells, for a directory that is followed, that the file is not written to any more.
 * What reads a kind of input is loaded where there is one of the kind: most of a short run is the loading of modules.
 */
export async function openInput(
	input: NamedInput,
	options: InputOptions,
	hasSuccessor: () => boolean,
): Promise<OpenedInput | undefined> {
	const { name } = input;
	if (name.startsWith(LIVE)) return openLive(name.slice(LIVE.length), options);
	if (isIpfixAddress(name)) return listen(name, options);
	if (isInterface(name)) {
		const source = openTrapSource(name, { ...trapOptions(), warn: (_topic, line) => options.warn?.(line) });
		return { source, isCapture: false, isLive: !name.startsWith("f:") };
	}
	const bytes = input.isGrowing ? openGrowingFile(name, hasSuccessor) : openByteSource(name);
	const head = await bytes.peek(input.isGrowing ? CAPTURE_HEAD : CSV_HEAD);
	if (isCapture(head.subarray(0, CAPTURE_HEAD)))
		return captured(bytes, options, name === "-" || input.isGrowing === true);
	if (options.filter && input.directory === undefined)
		throw new UsageError(`${name}: a filter is for captures, and this is none`);
	if (isTrapcap(head.subarray(0, TRAPCAP_HEAD))) return flowFile(openTrapcap(bytes));
	if (isIpfix(head)) return flowFile((await import("../ipfix/ipfix-source.ts")).openIpfixSource(bytes));
	if (isFlowCsv(head)) return flowFile((await import("../csv/csv-source.ts")).openCsvSource(bytes));
	bytes.close();
	// A Parquet file says at its end what is in it: it is read by its name, from any place.
	if (isParquet(head) && name !== "-") {
		return flowFile((await import("../csv/parquet-source.ts")).openParquetSource(name));
	}
	if (input.directory !== undefined) return undefined;
	if (head.length === 0) throw new DeCryptoError("input", `${name}: the file is empty`);
	throw new DeCryptoError(
		"input",
		`${name}: neither a capture (pcap, pcapng) nor a flow file (trapcap, IPFIX, CSV, Parquet)`,
	);
}

async function listen(name: string, options: InputOptions): Promise<OpenedInput> {
	const { listenForIpfix } = await import("../ipfix/ipfix-listener.ts");
	const source = await listenForIpfix(name, {
		...(options.tls && { tls: options.tls }),
		...(options.warn && { onWarning: options.warn }),
	});
	return { source, isCapture: false, isLive: true };
}

async function openLive(device: string, options: InputOptions): Promise<OpenedInput> {
	if (device === "") throw new UsageError("live: names no interface; write for example live:eth0");
	const { openLiveCapture } = await import("../capture/live-capture.ts");
	const live = await openLiveCapture(device, { ...(options.filter && { filter: options.filter }) });
	return { source: await meteredUntilStopped(live, () => live.stop(), options), isCapture: true, isLive: true };
}

async function captured(bytes: ByteSource, options: InputOptions, isPipe: boolean): Promise<OpenedInput> {
	const source = options.filter ? await filtered(bytes, options.filter) : bytes;
	return { source: await metered(source, options, isPipe), isCapture: true, isLive: isPipe };
}

async function filtered(bytes: ByteSource, filter: string): Promise<ByteSource> {
	return (await import("../capture/live-capture.ts")).filterCapture(bytes, filter);
}

async function metered(bytes: ByteSource, { metering, payloadFor }: InputOptions, live: boolean): Promise<FlowSource> {
	const { meterCapture } = await import("../meter/meter-capture.ts");
	return meterCapture(bytes, {
		...metering,
		live,
		...(payloadFor === "mining" && { isPayloadWanted: mayBecomeMining }),
	});
}

/** Stopping asks the capture tool to hand over what it has; the flows end when it has. */
async function meteredUntilStopped(bytes: ByteSource, end: () => void, options: InputOptions): Promise<FlowSource> {
	const source = await metered(bytes, options, true);
	return {
		name: source.name,
		counters: source.counters,
		[Symbol.asyncIterator]: () => source[Symbol.asyncIterator](),
		[Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
		stop: end,
	};
}

function flowFile(source: FlowSource): OpenedInput {
	return { source, isCapture: false, isLive: false };
}
