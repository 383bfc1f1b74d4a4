import type { ByteSource } from "../bytes/byte-source.ts";
import { UsageError } from "../bytes/error.ts";
import { CAPTURE_HEAD, isCapture } from "../capture/packet-reader.ts";
import type { AskedName } from "../dns/name-table.ts";
import { unconnectedNames } from "../dns/unconnected.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { poolOfHost } from "../mining/pool-of-host.ts";
import type { AddressKind, ContentKind } from "./input-kind.ts";
import type { InputOptions } from "./input-options.ts";

const LIVE = "live:";
const SIGNALS = ["payload", "server-name", "resolved-name", "shape"] as const;

/** `live:DEVICE`: the packets of an interface, through tcpdump or dumpcap. */
export const LIVE_CAPTURE: AddressKind = {
	name: "live capture",
	recognisedBy: "address",
	signals: SIGNALS,
	isCapture: true,
	matches: (name) => name.startsWith(LIVE),
	isLive: () => true,
	async open(name, options) {
		const device = name.slice(LIVE.length);
		if (device === "") throw new UsageError("live: names no interface; write for example live:eth0");
		const { openLiveCapture } = await import("../capture/live-capture.ts");
		const live = await openLiveCapture(device, { ...(options.filter && { filter: options.filter }) });
		return meteredUntilStopped(live, () => live.stop(), options);
	},
};

/** pcap and pcapng, from a file or a pipe. */
export const CAPTURE: ContentKind = {
	name: "capture (pcap, pcapng)",
	recognisedBy: "content",
	signals: SIGNALS,
	isCapture: true,
	matches: (head) => isCapture(head.subarray(0, CAPTURE_HEAD)),
	async open(bytes, input, options) {
		const source = options.filter ? await filtered(bytes, options.filter) : bytes;
		return metered(source, options, input.name === "-" || input.isGrowing === true);
	},
};

async function filtered(bytes: ByteSource, filter: string): Promise<ByteSource> {
	return (await import("../capture/live-capture.ts")).filterCapture(bytes, filter);
}

async function metered(bytes: ByteSource, { metering }: InputOptions, live: boolean): Promise<FlowSource> {
	const { meterCapture } = await import("../meter/meter-capture.ts");
	// Only live flows are waited for: those of a file end in a moment.
	const { early, ...others } = metering;
	const { counters, name } = bytes;
	// A shard has not all connections of a client: it cannot tell which names were never connected to.
	const tellAsked =
		metering.shard === undefined &&
		((asked: Iterable<AskedName>) => {
			for (const line of unconnectedNames(asked, isOfPool)) counters.warnings.push(`${name}: ${line}`);
		});
	return meterCapture(bytes, {
		...others,
		...(live && early && { early }),
		...(tellAsked && { tellAsked }),
		live,
	});
}

const isOfPool = (host: string): boolean => poolOfHost(host) !== undefined;

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
