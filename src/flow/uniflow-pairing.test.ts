import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { columnsOfFlows } from "./columns-of-flows.ts";
import { type Flow, flowAt } from "./flow.ts";
import type { FlowColumns } from "./flow-columns.ts";
import { UniflowPairing } from "./uniflow-pairing.ts";

const NOTHING = new Uint8Array(0);

function uniflow(
	from: string,
	fromPort: number,
	to: string,
	toPort: number,
	times: readonly [number, number],
	packets = 5,
): Flow {
	return {
		sourceAddress: from,
		destinationAddress: to,
		sourcePort: fromPort,
		destinationPort: toPort,
		protocol: 6,
		bytes: packets * 100,
		bytesReverse: 0,
		packets,
		packetsReverse: 0,
		tcpFlags: 0x1b,
		tcpFlagsReverse: 0,
		timeFirst: times[0],
		timeLast: times[1],
		packetLengths: [],
		packetDirections: [],
		packetFlags: [],
		packetTimes: [],
		payload: NOTHING,
		payloadReverse: NOTHING,
		serverName: "",
	};
}

const there = (times: readonly [number, number], packets?: number) =>
	uniflow("192.0.2.1", 5000, "198.51.100.1", 3333, times, packets);
const back = (times: readonly [number, number], packets?: number) =>
	uniflow("198.51.100.1", 3333, "192.0.2.1", 5000, times, packets);
const flowsOf = (columns: FlowColumns) => Array.from({ length: columns.length }, (_, i) => flowAt(columns, i));

function paired(...batches: Flow[][]): { flows: Flow[]; pairing: UniflowPairing } {
	const pairing = new UniflowPairing({ window: 60e6, capacity: 1000 });
	const flows = batches.flatMap((batch) => flowsOf(pairing.add(columnsOfFlows(batch))));
	return { flows: [...flows, ...flowsOf(pairing.end())], pairing };
}

describe("the pairing of uniflows", () => {
	it("makes one biflow of two directions, in either order, with the end that sent first as source", () => {
		for (const batch of [
			[there([10, 100], 7), back([20, 110], 9)],
			[back([20, 110], 9), there([10, 100], 7)],
		]) {
			const { flows } = paired(batch);
			assert.equal(flows.length, 1);
			assert.deepEqual(
				[flows[0]!.sourceAddress, flows[0]!.packets, flows[0]!.packetsReverse, flows[0]!.timeFirst, flows[0]!.timeLast],
				["192.0.2.1", 7, 9, 10, 110],
			);
		}
	});
	it("pairs each of several records with the record of the same time", () => {
		const { flows } = paired(
			[there([0, 50e6], 1), there([51e6, 99e6], 2)],
			[back([51e6, 98e6], 4), back([1, 50e6], 3)],
		);
		assert.deepEqual(flows.map(({ packets, packetsReverse }) => [packets, packetsReverse]).sort(), [
			[1, 3],
			[2, 4],
		]);
	});
	it("releases a record unpaired after the window, and biflows at once", () => {
		const pairing = new UniflowPairing({ window: 60e6, capacity: 1000 });
		assert.equal(pairing.add(columnsOfFlows([there([0, 10])])).length, 0);
		const biflow = { ...uniflow("192.0.2.9", 1, "192.0.2.8", 2, [100e6, 100e6]), packetsReverse: 3 };
		const left = flowsOf(pairing.add(columnsOfFlows([biflow])));
		assert.deepEqual(
			left.map(({ packetsReverse }) => packetsReverse),
			[3, 0],
		);
		assert.equal(pairing.counts.alone, 1);
	});
	it("merges the packet lists by time", () => {
		const lists = (times: number[]) => ({
			packetTimes: times,
			packetLengths: times,
			packetDirections: times.map(() => 1),
			packetFlags: times.map(() => 24),
		});
		const { flows } = paired([
			{ ...there([1, 9]), ...lists([1, 5]) },
			{ ...back([2, 9]), ...lists([2, 3]) },
		]);
		assert.deepEqual(flows[0]!.packetTimes, [1, 2, 3, 5]);
		assert.deepEqual(flows[0]!.packetDirections, [1, -1, -1, 1]);
	});
	it("loses no packet and no record, and stays within its bound, for any records in any order", () => {
		const record = fc.tuple(
			fc.boolean(),
			fc.integer({ min: 1, max: 3 }),
			fc.integer({ min: 0, max: 300 }),
			fc.integer({ min: 1, max: 9 }),
		);
		fc.assert(
			fc.property(
				fc.array(fc.array(record, { maxLength: 20 }), { maxLength: 6 }),
				fc.integer({ min: 1, max: 10 }),
				(batches, capacity) => {
					const pairing = new UniflowPairing({ window: 60e6, capacity });
					let [sent, received, records] = [0, 0, 0];
					const count = (columns: FlowColumns) => {
						for (const flow of flowsOf(columns)) received += flow.packets + flow.packetsReverse;
					};
					for (const batch of batches) {
						const flows = batch.map(([isThere, port, second, packets]) => {
							sent += packets;
							records++;
							const times = [second * 1e6, second * 1e6 + 10] as const;
							return isThere
								? { ...there(times, packets), sourcePort: port }
								: { ...back(times, packets), destinationPort: port };
						});
						count(pairing.add(columnsOfFlows(flows)));
					}
					count(pairing.end());
					assert.equal(received, sent);
					assert.equal(pairing.counts.paired * 2 + pairing.counts.alone, records);
				},
			),
		);
	});
});
