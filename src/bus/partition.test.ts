import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addressBytes } from "../flow/address.ts";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import { NetworkList, parseNetwork } from "../flow/networks.ts";
import { arbitraryFlow } from "../flow/testing.ts";
import { Partitioner } from "./partition.ts";

const ours = new NetworkList([parseNetwork("10.0.0.0/8")!]);
const isOurs = (addresses: Uint8Array, offset: number) => ours.contains(addresses, offset);
const pair = (source: string, destination: string) =>
	Uint8Array.from([...addressBytes(source)!, ...addressBytes(destination)!]);

test("both directions of a pair are in one partition", () => {
	const partitioner = new Partitioner(16);
	fc.assert(
		fc.property(fc.ipV4(), fc.ipV4(), (a, b) => {
			equal(partitioner.partitionOf(pair(a, b), 0), partitioner.partitionOf(pair(b, a), 0));
		}),
	);
});

test("all flows of a host of ours with others are in one partition", () => {
	const partitioner = new Partitioner(16, isOurs);
	const at = (source: string, destination: string) => partitioner.partitionOf(pair(source, destination), 0);
	const partitions = new Set<number>();
	for (let k = 0; k < 100; k++) {
		partitions.add(at("10.1.2.3", `198.51.100.${k}`));
		partitions.add(at(`198.51.100.${k}`, "10.1.2.3"));
	}
	equal(partitions.size, 1);
	equal(at("10.1.2.3", "10.9.9.9"), at("10.9.9.9", "10.1.2.3"));
});

test("hosts are spread over all partitions, none with more than twice its share", () => {
	const partitioner = new Partitioner(16, isOurs);
	const counts = new Array<number>(16).fill(0);
	for (let k = 0; k < 16_000; k++)
		counts[partitioner.partitionOf(pair(`10.0.${k >> 8}.${k & 255}`, "192.0.2.1"), 0)]!++;
	ok(Math.min(...counts) > 500 && Math.max(...counts) < 2000, counts.join());
});

test("sorting a batch keeps every flow once, in order, in its partition", () => {
	const partitioner = new Partitioner(5);
	const flows = columnsOfFlows(fc.sample(arbitraryFlow(), { seed: 1, numRuns: 300 }));
	partitioner.sort(flows);
	const all: number[] = [];
	for (let p = 0; p < 5; p++) {
		const positions = Array.from(partitioner.positionsOf(p));
		deepEqual(
			positions,
			[...positions].sort((a, b) => a - b),
		);
		for (const i of positions) equal(partitioner.partitionOf(flows.addresses, 32 * i), p);
		all.push(...positions);
	}
	deepEqual(
		all.sort((a, b) => a - b),
		Array.from({ length: 300 }, (_, k) => k),
	);
});
