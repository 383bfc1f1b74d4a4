import { type ByteSource, openByteSource } from "../bytes/byte-source.ts";
import { DeCryptoError, UsageError } from "../bytes/error.ts";
import { filterCapture, openLiveCapture } from "../capture/live-capture.ts";
import { CAPTURE_HEAD, isCapture } from "../capture/packet-reader.ts";
import { openCsvSource } from "../csv/csv-source.ts";
import { isFlowCsv } from "../csv/header.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { type MeterCaptureOptions, meterCapture } from "../meter/meter-capture.ts";
import { isTrapcap, openTrapcap, TRAPCAP_HEAD } from "../nemea/index.ts";

export interface InputOptions {
	/** How packets become flows. */
	readonly metering: MeterCaptureOptions;
	/** A BPF expression that narrows captures. */
	readonly filter?: string;
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
 * Opens an input: `live:DEVICE`, or a file or standard input (`-`) whose kind its first bytes tell, whatever its name.
 * Undefined where the content is of no known kind and `lenient`.
 */
export async function openInput(
	name: string,
	options: InputOptions,
	lenient = false,
): Promise<OpenedInput | undefined> {
	if (name.startsWith(LIVE)) return openLive(name.slice(LIVE.length), options);
	const bytes = openByteSource(name);
	const head = await bytes.peek(CSV_HEAD);
	if (isCapture(head.subarray(0, CAPTURE_HEAD))) return captured(bytes, options, name === "-");
	if (options.filter) throw new UsageError(`${name}: a filter is for captures, and this is none`);
	if (isTrapcap(head.subarray(0, TRAPCAP_HEAD))) return flowFile(openTrapcap(bytes));
	if (isFlowCsv(head)) return flowFile(openCsvSource(bytes));
	bytes.close();
	if (lenient) return undefined;
	if (head.length === 0) throw new DeCryptoError("input", `${name}: the file is empty`);
	throw new DeCryptoError("input", `${name}: neither a capture (pcap, pcapng) nor a flow file (trapcap, CSV)`);
}

async function openLive(device: string, options: InputOptions): Promise<OpenedInput> {
	if (device === "") throw new UsageError("live: names no interface; write for example live:eth0");
	const live = await openLiveCapture(device, { ...(options.filter && { filter: options.filter }) });
	return { source: meteredUntilStopped(live, () => live.stop(), options), isCapture: true, isLive: true };
}

async function captured(bytes: ByteSource, options: InputOptions, isPipe: boolean): Promise<OpenedInput> {
	const source = options.filter ? await filterCapture(bytes, options.filter) : bytes;
	if (!isPipe) return { source: meterCapture(source, options.metering), isCapture: true, isLive: false };
	return { source: meteredUntilStopped(source, () => bytes.close(), options), isCapture: true, isLive: true };
}

/** A reader that waits for packets which may not come: stopping closes what it waits for. */
function meteredUntilStopped(bytes: ByteSource, end: () => void, options: InputOptions): FlowSource {
	const source = meterCapture(bytes, { ...options.metering, live: true });
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
