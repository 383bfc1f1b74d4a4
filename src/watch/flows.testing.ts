import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import type { Flow } from "../flow/flow.ts";
import type { FlowSink } from "../flow/flow-sink.ts";
import { createIpfixSink } from "../ipfix/ipfix-sink.ts";
import { minerFlow } from "../report/reported-flow.testing.ts";

/** A miner's flow that ends now; `host` is the last byte of its address, 10.0.0.host. */
export function minerFlowOf(host: number, now = Date.now()): Flow {
	const end = now * 1000;
	return {
		...minerFlow,
		sourceAddress: `10.0.${host >> 8}.${host & 255}`,
		timeFirst: end - 1e6,
		timeLast: end,
		packetTimes: [end - 1e6, end - 900_000],
	};
}

/** An ordinary flow without payload, name and list of packets. */
export function plainFlowOf(host: number, port: number, now = Date.now()): Flow {
	return {
		...minerFlowOf(host, now),
		sourcePort: port,
		destinationPort: 443,
		packetLengths: [],
		packetDirections: [],
		packetFlags: [],
		packetTimes: [],
		payload: new Uint8Array(0),
	};
}

/** Sends flows to a listener at the address. */
export async function exportTo(address: string, flows: readonly Flow[]): Promise<void> {
	const sink = await createIpfixSink(address);
	await sink.write(columnsOfFlows(flows));
	await sink.close();
}

export function openExport(address: string): Promise<FlowSink> {
	return createIpfixSink(address);
}
