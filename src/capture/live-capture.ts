import { type ByteSource, byteSourceOf } from "../bytes/byte-source.ts";
import { droppedPackets, type RunningTool, startGuardedTool, startTool, toolError } from "./capture-tool.ts";

export interface LiveOptions {
	/** A BPF expression in the syntax of tcpdump. */
	readonly filter?: string;
	/** Bytes kept per packet. */
	readonly snapLength?: number;
	/** Kernel buffer in MiB: bridges bursts while the detector is busy. */
	readonly bufferMiB?: number;
}

/**
 * A whole Ethernet frame with tags and tunnels; the rest of larger frames, joined by the network card, is not needed.
 */
const SNAP_LENGTH = 2048;
const BUFFER_MIB = 64;

/** A capture that runs until it is stopped; afterwards `counters.warnings` has the number of dropped packets. */
export interface LiveCapture extends ByteSource {
	stop(): void;
}

/**
 * Captures on an interface (`any` for all) with the system's tcpdump, else dumpcap, which have the necessary
 * rights. Throws from the first read, in one line, if the interface, the filter or the rights are missing.
 */
export async function openLiveCapture(device: string, options: LiveOptions = {}): Promise<LiveCapture> {
	const snap = String(options.snapLength ?? SNAP_LENGTH);
	const mebibytes = options.bufferMiB ?? BUFFER_MIB;
	const filter = options.filter ? [options.filter] : [];
	const tool = await startGuardedTool(
		[
			["tcpdump", "-i", device, "-n", "-U", "-s", snap, "-B", String(mebibytes * 1024), "-w", "-", "--", ...filter],
			[
				"dumpcap",
				"-i",
				device,
				"-q",
				"-P",
				"-s",
				snap,
				"-B",
				String(mebibytes),
				"-w",
				"-",
				...(options.filter ? ["-f", options.filter] : []),
			],
		],
		"capturing live",
	);
	return toolSource(`live:${device}`, tool, (dropped, counters) => {
		if (dropped)
			counters.warnings.push(
				`live:${device}: ${dropped} packets were dropped before they could be read; a larger buffer or a filter helps`,
			);
	});
}

/** The packets of a capture that match a BPF expression, filtered by the system's tcpdump. */
export async function filterCapture(source: ByteSource, filter: string): Promise<ByteSource> {
	const tool = await startTool([["tcpdump", "-r", "-", "-n", "-w", "-", "--", filter]], "a filter on a file");
	const filtered = toolSource(source.name, tool, () => {});
	filtered.counters.bytesTotal = source.counters.bytesTotal;
	pump(source, tool, () => {
		filtered.counters.bytesRead = source.counters.bytesRead;
	});
	return filtered;
}

async function pump(source: ByteSource, tool: RunningTool, onChunk: () => void): Promise<void> {
	let isRunning = true;
	tool.ended.then(() => {
		isRunning = false;
	});
	try {
		for await (const chunk of source) {
			onChunk();
			if (!isRunning) break;
			if (!tool.input!.write(chunk))
				await Promise.race([new Promise((resolve) => tool.input!.once("drain", resolve)), tool.ended]);
		}
	} catch (error) {
		tool.output.destroy(error as Error);
	}
	tool.input!.end();
}

function toolSource(
	name: string,
	tool: RunningTool,
	onEnd: (dropped: number | undefined, counters: ByteSource["counters"]) => void,
): LiveCapture {
	const source = byteSourceOf(name, tool.output);
	let asked = false;
	let sawPackets = false;
	const finish = async (): Promise<void> => {
		const status = await tool.ended;
		if (status !== 0 && !asked && !sawPackets) throw toolError(name, tool.messages);
		if (status !== 0 && !asked) source.counters.warnings.push(toolError(name, tool.messages).message);
		onEnd(droppedPackets(tool.messages), source.counters);
	};
	return {
		name,
		counters: source.counters,
		async peek(count) {
			const head = await source.peek(count);
			if (head.length === 0) await finish();
			return head;
		},
		async read(into) {
			const count = await source.read(into);
			if (count === 0) await finish();
			else sawPackets = true;
			return count;
		},
		async *[Symbol.asyncIterator]() {
			for await (const chunk of source) {
				sawPackets = true;
				yield chunk;
			}
			await finish();
		},
		stop() {
			asked = true;
			tool.stop();
		},
		close() {
			asked = true;
			tool.stop();
			source.close();
		},
	};
}
