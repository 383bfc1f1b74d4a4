import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import fc from "fast-check";
import { DeCryptoError } from "../bytes/error.ts";
import { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import { appendFlow, columnsOfFlows } from "../flow/columns-of-flows.ts";
import { flowAt } from "../flow/flow.ts";
import { listAt } from "../flow/flow-columns.ts";
import { arbitraryFlow } from "../flow/testing.ts";
import { BatchDecoder, BatchEncoder, batchHeaders, type EncodedBatch } from "./flow-batch.ts";

const origin = { sensor: "s1", input: "live:eth0" };
const all = (length: number) => Uint32Array.from({ length }, (_, k) => k);
const messageOf = (batch: EncodedBatch) => ({ headers: batchHeaders(origin, batch, "id"), body: batch.body });
const isBatchError = (error: unknown) => error instanceof DeCryptoError && error.code === "bus-batch";

/**
 * Flows as a wire can have them: addresses that UniRec can tell apart, times of this era, a direction for each packet (the
 * decoder adds the direction of packets where a record of one direction has only their lengths).
 */
const flows = fc.array(
	arbitraryFlow().map((flow) => ({
		...flow,
		timeFirst: 1.7e15 + (flow.timeFirst % 1e12),
		timeLast: 1.7e15 + (flow.timeLast % 1e12),
		packetDirections: flow.packetLengths.map((_, k) => flow.packetDirections[k] ?? 1),
		label: undefined,
	})),
	{ minLength: 1, maxLength: 30 },
);

test("what is decoded is what was encoded, microseconds included", () => {
	const decoder = new BatchDecoder();
	fc.assert(
		fc.property(flows, (written) => {
			const batches: EncodedBatch[] = [];
			const encoder = new BatchEncoder((batch) => batches.push(batch));
			const columns = columnsOfFlows(written as never);
			encoder.add(columns, all(columns.length), 1.7e9);
			encoder.flush(1.7e9);
			const read: object[] = [];
			for (const batch of batches) {
				const { flows, malformed, sensor, input } = decoder.decode(messageOf(batch));
				deepEqual({ sensor, input, malformed }, { ...origin, malformed: 0 });
				equal(flows.length, batch.flows);
				for (let i = 0; i < flows.length; i++) read.push(flowAt(flows, i));
			}
			deepEqual(
				read,
				Array.from({ length: columns.length }, (_, i) => flowAt(columns, i)),
			);
		}),
		{ numRuns: 60 },
	);
});

test("flow identity and push times survive", () => {
	const [flow] = fc.sample(arbitraryFlow(), { seed: 3, numRuns: 1 });
	const builder = new FlowColumnsBuilder({ identity: true, pushTimes: true });
	builder.flowId![0] = 2 ** 50 + 1;
	builder.part![0] = 1;
	builder.pushTimes!.push(1.7e15 + 1);
	builder.pushTimes!.push(1.7e15 + 999_999);
	appendFlow(builder, flow!);
	let batch: EncodedBatch | undefined;
	const encoder = new BatchEncoder((each) => {
		batch = each;
	});
	encoder.add(builder.columns(), all(1), 1.7e9);
	encoder.flush(1.7e9);
	const { extras } = new BatchDecoder().decode(messageOf(batch!)).flows;
	equal(extras.flowId![0], 2 ** 50 + 1);
	equal(extras.part![0], 1);
	deepEqual(Array.from(listAt(extras.pushTimes!, 0)), [1.7e15 + 1, 1.7e15 + 999_999]);
});

test("every batch can be read alone, and is about 64 KiB before compression", () => {
	const batches: EncodedBatch[] = [];
	const encoder = new BatchEncoder((batch) => batches.push(batch));
	const columns = columnsOfFlows(fc.sample(arbitraryFlow(), { seed: 4, numRuns: 1000 }));
	encoder.add(columns, all(1000), 1.7e9);
	encoder.flush(1.7e9);
	ok(batches.length > 2);
	for (const { bytesBefore } of batches.slice(0, -1))
		ok(bytesBefore > 55_000 && bytesBefore < 70_000, String(bytesBefore));
	equal(
		batches.reduceRight((sum, batch) => sum + new BatchDecoder().decode(messageOf(batch)).flows.length, 0),
		1000,
	);
});

test("anything but a batch is one clear error; so is a batch of another schema", () => {
	const decoder = new BatchDecoder();
	const headers = { schema: "1", codec: "zstd", sensor: "s", input: "i", columns: "" };
	throws(() => decoder.decode({ headers, body: Buffer.from("no zstd") }), isBatchError);
	throws(
		() => decoder.decode({ headers, body: zstdCompressSync(Buffer.from("no IPFIX, but long enough")) }),
		isBatchError,
	);
	throws(() => decoder.decode({ headers, body: zstdCompressSync(Buffer.alloc(1 << 22)) }), isBatchError);
	throws(
		() => decoder.decode({ headers: { ...headers, schema: "2" }, body: zstdCompressSync(Buffer.alloc(0)) }),
		isBatchError,
	);
});

test("damaged batches never throw anything else", () => {
	const columns = columnsOfFlows(fc.sample(arbitraryFlow(), { seed: 5, numRuns: 20 }));
	let batch: EncodedBatch | undefined;
	const encoder = new BatchEncoder((each) => {
		batch = each;
	});
	encoder.add(columns, all(20), 1.7e9);
	encoder.flush(1.7e9);
	const decoder = new BatchDecoder();
	const sound = zstdDecompressSync(batch!.body);
	fc.assert(
		fc.property(fc.nat(sound.length - 1), fc.nat(255), fc.nat(sound.length), (at, value, length) => {
			const damaged = Uint8Array.from(sound.subarray(0, length));
			if (at < length) damaged[at] = value;
			try {
				decoder.decode({ ...messageOf(batch!), body: zstdCompressSync(damaged) });
			} catch (error) {
				ok(isBatchError(error), String(error));
			}
		}),
		{ numRuns: 200 },
	);
});

test("columns that a newer sensor adds are skipped, those that an older one lacks are absent", () => {
	const columns = columnsOfFlows(fc.sample(arbitraryFlow(), { seed: 6, numRuns: 3 }));
	let batch: EncodedBatch | undefined;
	const encoder = new BatchEncoder((each) => {
		batch = each;
	});
	encoder.add({ ...columns, extras: {} }, all(3), 1.7e9);
	encoder.flush(1.7e9);
	const message = messageOf(batch!);
	const newer = { ...message, headers: { ...message.headers, columns: "futureColumn,vlan" } };
	const { flows } = new BatchDecoder().decode(newer);
	equal(flows.length, 3);
	deepEqual(Object.keys(flows.extras), ["vlan"]);
	deepEqual(Object.keys(new BatchDecoder().decode(message).flows.extras), []);
});
