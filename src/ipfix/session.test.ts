import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { createCounters } from "../bytes/counters.ts";
import { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import { type Flow, flowAt } from "../flow/flow.ts";
import { PEN } from "./elements.ts";
import { FlowDecoder } from "./flow-decoder.ts";
import {
	message,
	optionsTemplate,
	SMALL_FLOW,
	set,
	smallFlow,
	template,
	u8,
	u16,
	u32,
	u64,
} from "./ipfix-message.testing.ts";
import { IPFIX_COLUMNS } from "./ipfix-source.ts";
import { MessageStream } from "./message-framing.ts";
import { Session } from "./session.ts";
import { TemplateBudget } from "./templates.ts";

class Collector {
	readonly builder = new FlowColumnsBuilder(IPFIX_COLUMNS);
	readonly counters = createCounters();
	readonly budget = new TemplateBudget();
	readonly warnings: string[] = [];
	readonly session: Session;

	constructor(datagrams = false) {
		const collection = {
			decoder: new FlowDecoder(this.builder),
			counters: this.counters,
			budget: this.budget,
			templateLifetimeMs: 1000,
			warn: (line: string) => void this.warnings.push(line),
		};
		this.session = new Session("127.0.0.1 port 1", collection, datagrams);
	}

	receive(bytes: Uint8Array, now = 0): this {
		this.session.message(bytes, 0, bytes.length, now);
		return this;
	}

	get flows(): Flow[] {
		const columns = this.builder.columns();
		return Array.from({ length: columns.length }, (_, i) => flowAt(columns, i));
	}

	get ports(): number[] {
		return this.flows.map(({ sourcePort }) => sourcePort);
	}

	get malformed(): Record<string, number> {
		return Object.fromEntries(this.counters.malformed);
	}

	count(reason: string): number {
		return this.counters.malformed.get(`ipfix: ${reason}`) ?? 0;
	}
}

const SMALL_TEMPLATE = set(2, template(256, SMALL_FLOW));

test("records come under their template, in the same message or a later one, and padding after them is ignored", () => {
	const collector = new Collector();
	collector.receive(message([SMALL_TEMPLATE, set(256, smallFlow(1), smallFlow(2), [0, 0, 0])]));
	collector.receive(message([set(256, smallFlow(3))], { sequence: 2 }));
	assert.deepEqual(collector.ports, [1, 2, 3]);
	assert.deepEqual(collector.malformed, {});
});

test("templates belong to their observation domain", () => {
	const collector = new Collector();
	collector.receive(message([SMALL_TEMPLATE], { domain: 1 }));
	collector.receive(message([set(256, smallFlow(1))], { domain: 2 }));
	assert.deepEqual(collector.ports, []);
	assert.deepEqual(collector.malformed, { "ipfix: set without its template": 1 });
});

test("a template may be redefined, and withdrawn alone or with all of its kind", () => {
	const collector = new Collector();
	collector.receive(message([SMALL_TEMPLATE, set(256, smallFlow(1))]));
	const reversed = [...SMALL_FLOW].reverse();
	const record = [...u32(1000), ...u16(3333), ...u16(2), 192, 0, 2, 1, 10, 0, 0, 1];
	collector.receive(message([set(2, template(256, reversed)), set(256, record)], { sequence: 1 }));
	assert.deepEqual(collector.ports, [1, 2]);
	collector.receive(message([set(2, template(256, [])), set(256, record)], { sequence: 2 }));
	assert.deepEqual(collector.malformed, { "ipfix: set without its template": 1 });
	collector.receive(message([SMALL_TEMPLATE, set(2, template(2, [])), set(256, smallFlow(1))], { sequence: 2 }));
	assert.deepEqual(collector.malformed, { "ipfix: set without its template": 2 });
	assert.equal(collector.budget.fields, 0);
});

test("over UDP a template lives as long as it is sent again, and withdrawals are ignored", () => {
	const collector = new Collector(true);
	collector.receive(message([SMALL_TEMPLATE]), 0);
	collector.receive(message([set(2, template(256, []))]), 500);
	collector.receive(message([set(256, smallFlow(1))]), 900);
	collector.receive(message([SMALL_TEMPLATE], { sequence: 1 }), 1000);
	collector.receive(message([set(256, smallFlow(2))], { sequence: 1 }), 1900);
	collector.receive(message([set(256, smallFlow(3))], { sequence: 2 }), 2100);
	assert.deepEqual(collector.ports, [1, 2]);
	assert.deepEqual(collector.malformed, {
		"ipfix: template withdrawn over UDP": 1,
		"ipfix: set without its template": 1,
	});
});

test("sequence numbers show losses per observation domain, across the wrap at 32 bits and with reordered messages", () => {
	const collector = new Collector();
	const two = set(256, smallFlow(1), smallFlow(2));
	collector.receive(message([SMALL_TEMPLATE, two], { sequence: 2 ** 32 - 2 }));
	collector.receive(message([two], { sequence: 0 }));
	assert.deepEqual(collector.session.losses(), []);
	collector.receive(message([two], { sequence: 7 }));
	assert.deepEqual(collector.session.losses(), [{ domain: 1, lost: 5, unit: "records" }]);
	collector.receive(message([two], { sequence: 3 }));
	assert.deepEqual(collector.malformed, { "ipfix: record lost on the way": 5, "ipfix: message out of order": 1 });
});

test("records that are not flows count for the sequence and are skipped", () => {
	const collector = new Collector();
	const options = set(
		3,
		optionsTemplate(300, [
			[144, 4],
			[41, 8],
		]),
	);
	const other = set(
		2,
		template(301, [
			[82, 65535],
			[83, 2],
		]),
	);
	collector.receive(message([options, other, set(300, [...u32(1), ...u64(5)]), set(301, [3, 1, 2, 3, 0, 0])]));
	collector.receive(message([SMALL_TEMPLATE, set(256, smallFlow(9))], { sequence: 2 }));
	assert.deepEqual(collector.ports, [9]);
	assert.deepEqual(collector.malformed, { "ipfix: record of no flow": 1 });
	assert.deepEqual(collector.session.losses(), []);
});

test("a basicList has any semantic, either length form, items of any length; other lists are skipped", () => {
	const LIST = [291, 65535] as const;
	const SUB_TEMPLATE_LIST = [292, 65535] as const;
	const items = [...u16(100), ...u16(1460)];
	const list = (semantic: number) => [semantic, ...u16(1013 | 0x8000), ...u16(2), ...u32(PEN.CESNET), ...items];
	for (const semantic of [0, 1, 2, 3, 4, 255]) {
		const short = [...u8(list(semantic).length), ...list(semantic)];
		const long = [255, ...u16(list(semantic).length), ...list(semantic)];
		for (const form of [short, long]) {
			const collector = new Collector();
			const fields = [...SMALL_FLOW, SUB_TEMPLATE_LIST, LIST, [2, 8]] as const;
			const record = [...smallFlow(1), ...u8(5), 3, ...u16(999), 1, 2, ...form, ...u64(12)];
			collector.receive(message([set(2, template(256, fields)), set(256, record, record)]));
			assert.deepEqual(
				collector.flows.map(({ packetLengths }) => packetLengths),
				[
					[100, 1460],
					[100, 1460],
				],
			);
			assert.deepEqual(
				collector.flows.map(({ packets }) => packets),
				[12, 12],
			);
		}
	}
});

test("a list of items of variable length, of one octet, and of no enterprise", () => {
	const collector = new Collector();
	const LIST = [291, 65535] as const;
	const bytes = [3, ...u16(1015 | 0x8000), ...u16(1), ...u32(PEN.CESNET), 24, 16];
	const variable = [3, ...u16(1013 | 0x8000), ...u16(65535), ...u32(PEN.CESNET), 1, 77, 255, ...u16(2), ...u16(300)];
	const iana = [3, ...u16(7), ...u16(2), ...u16(1)];
	const record = [bytes, variable, iana].flatMap((list) => [list.length, ...list]);
	collector.receive(
		message([set(2, template(256, [...SMALL_FLOW, LIST, LIST, LIST])), set(256, [...smallFlow(1), ...record])]),
	);
	assert.deepEqual(collector.flows[0]!.packetFlags, [24, 16]);
	assert.deepEqual(collector.flows[0]!.packetLengths, [77, 300]);
	assert.deepEqual(collector.malformed, {});
});

test("other exporters' elements: totals, uptime, YAF's payload and flags, Flowmon's server name, Cisco's packet lists", () => {
	const fields = [
		[27, 16],
		[28, 16],
		[231, 3],
		[299, 2],
		[160, 8],
		[22, 4],
		[21, 4],
		[18, 65535, PEN.CERT],
		[14, 1, PEN.CERT],
		[15, 1, PEN.CERT],
		[16402, 65535, PEN.CERT],
		[338, 65535, PEN.FLOWMON],
		[291, 65535],
		[291, 65535],
	] as const;
	const cisco = (id: number, values: number[]) => {
		const list = [3, ...u16(id | 0x8000), ...u16(2), ...u32(PEN.CISCO), ...values.flatMap(u16)];
		return [list.length, ...list];
	};
	const record = [
		...Array(15).fill(0),
		1,
		...Array(15).fill(0),
		2,
		...[1, 0, 0],
		...u16(0),
		...u64(1_600_000_000_000),
		...u32(1000),
		...u32(3500),
		...[2, 0x7b, 0x22],
		0x02,
		0x18,
		...[1, 0x7d],
		...[4, ...Buffer.from("a.b\0")],
		...cisco(12184, [120, 60, 60]),
		...cisco(12185, [5, 1000, 20]),
	];
	const [flow] = new Collector().receive(message([set(2, template(256, fields)), set(256, record)])).flows;
	assert.equal(flow!.sourceAddress, "::1");
	assert.equal(flow!.bytes, 65536);
	assert.equal(flow!.timeFirst, 1_600_000_001_000_000);
	assert.equal(flow!.timeLast, 1_600_000_003_500_000);
	assert.equal(flow!.tcpFlags, 0x1a);
	assert.deepEqual([...flow!.payload, ...flow!.payloadReverse], [0x7b, 0x22, 0x7d]);
	assert.equal(flow!.serverName, "a.b");
	assert.deepEqual(flow!.packetLengths, [120, 60, 60]);
	assert.deepEqual(flow!.packetDirections, [1, 1, 1]);
	assert.deepEqual(flow!.packetTimes, [1_600_000_001_005_000, 1_600_000_002_005_000, 1_600_000_002_025_000]);
});

test("columns that a record does not set are empty, not those of the previous batch", () => {
	const collector = new Collector();
	collector.receive(message([SMALL_TEMPLATE, set(256, smallFlow(1))]));
	collector.builder.clear();
	const ports = set(
		2,
		template(257, [
			[7, 2],
			[11, 2],
			[2, 4],
		]),
	);
	collector.receive(message([ports, set(257, [...u16(5), ...u16(6), ...u32(7)])], { sequence: 1 }));
	const [flow] = collector.flows;
	assert.equal(flow!.sourceAddress, "::");
	assert.equal(flow!.bytes, 0);
	assert.equal(flow!.packets, 7);
});

test("malformed templates, sets and records are counted, and the rest is read", () => {
	const collector = new Collector();
	const none = set(2, template(256, [[1, 0]]));
	const low = set(2, template(255, [[1, 4]]));
	const wide = set(
		2,
		template(257, [
			[1, 40_000],
			[2, 40_000],
		]),
	);
	const cut = set(2, [...u16(258), ...u16(9), ...u16(1), ...u16(4)]);
	const reserved = set(7, [1, 2, 3, 4]);
	collector.receive(message([none, low, wide, cut, reserved, SMALL_TEMPLATE, set(256, smallFlow(4))]));
	assert.deepEqual(collector.ports, [4]);
	assert.deepEqual(collector.malformed, {
		"ipfix: template of records without a byte": 1,
		"ipfix: template number below 256": 1,
		"ipfix: template of records longer than a message": 1,
		"ipfix: template cut": 1,
		"ipfix: set of a reserved number": 1,
	});
	collector.receive(message([[...u16(256), ...u16(400), 1, 2]], { sequence: 1 }));
	assert.equal(collector.count("set cut"), 1);
	const variable = set(2, template(259, [...SMALL_FLOW, [82, 65535]]));
	collector.receive(message([variable, set(259, [...smallFlow(5), 200])], { sequence: 1 }));
	assert.equal(collector.count("record cut"), 1);
	assert.deepEqual(collector.ports, [4]);
});

test("no exporter can exceed the bounds of memory: templates, fields, observation domains", () => {
	const collector = new Collector();
	const fields = Array.from({ length: 300 }, () => [82, 65535] as const);
	for (let domain = 0; domain < 1100; domain++) collector.receive(message([set(2, template(256, fields))], { domain }));
	assert.ok(collector.budget.fields <= 1 << 18);
	assert.ok(collector.count("too many templates") > 0);
	assert.equal(collector.count("too many observation domains"), 76);
	collector.session.end();
	assert.equal(collector.budget.fields, 0);
});

test("no bytes make the collecting process fail, hang or grow", { skip: needsShared("golden/ipfix") }, () => {
	const folder = sharedPath("golden/ipfix")!;
	const streams = readdirSync(folder)
		.filter((name) => name.endsWith(".ipfix"))
		.map((name) => readFileSync(`${folder}/${name}`).subarray(0, 6000));
	const mutation = fc.tuple(fc.nat(5999), fc.nat(255), fc.constantFrom("set", "cut", "insert"));
	fc.assert(
		fc.property(
			fc.constantFrom(...streams),
			fc.array(mutation, { minLength: 1, maxLength: 12 }),
			(stream, mutations) => {
				let bytes = Buffer.from(stream);
				for (const [at, value, kind] of mutations) {
					if (kind === "set") bytes[at % bytes.length] = value;
					else if (kind === "cut") bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + value)]);
					else bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from([value]), bytes.subarray(at)]);
					if (bytes.length === 0) bytes = Buffer.from([0]);
				}
				const collector = new Collector();
				new MessageStream().receive(bytes, (from, begin, end) => collector.session.message(from, begin, end, 0));
				for (const list of [collector.builder.packetLengths, collector.builder.payload])
					assert.ok(list.used <= bytes.length);
				assert.ok(collector.builder.length <= bytes.length);
			},
		),
		{ numRuns: 2000 },
	);
});

const UPTIME_FLOW = [...SMALL_FLOW, [22, 4], [21, 4]] as const;
const EXPORT_SECONDS = 1_700_000_000;

test("the exporter's start comes from an options record, for all flows of its observation domain only", () => {
	const collector = new Collector();
	const start = 1_699_999_000_000;
	const options = [
		set(
			3,
			optionsTemplate(257, [
				[149, 4],
				[160, 8],
			]),
		),
		set(257, [...u32(1), ...u64(start)]),
	];
	const flow = [...smallFlow(1), ...u32(5000), ...u32(7000)];
	collector.receive(message([...options, set(2, template(256, UPTIME_FLOW)), set(256, flow)], { domain: 1 }));
	collector.receive(message([set(2, template(256, UPTIME_FLOW)), set(256, flow)], { domain: 2 }));
	const [known, unknown] = collector.flows;
	assert.equal(known!.timeFirst, (start + 5000) * 1000);
	assert.equal(known!.timeLast, (start + 7000) * 1000);
	assert.equal(unknown!.timeLast, EXPORT_SECONDS * 1e6);
	assert.equal(unknown!.timeFirst, EXPORT_SECONDS * 1e6 - 2_000_000);
});

test("a missing time base is reported once", () => {
	const collector = new Collector();
	const flow = [...smallFlow(1), ...u32(5000), ...u32(7000)];
	collector.receive(message([set(2, template(256, UPTIME_FLOW)), set(256, flow, flow)]));
	collector.receive(message([set(256, flow)], { sequence: 2 }));
	assert.equal(collector.warnings.length, 1);
	assert.match(collector.warnings[0]!, /systemInitTimeMilliseconds/);
});

for (const [how, fields, values] of [
	["samplingInterval", [[34, 4]], u32(100)],
	[
		"samplingPacketInterval and samplingPacketSpace",
		[
			[305, 4],
			[306, 4],
		],
		[...u32(1), ...u32(99)],
	],
	[
		"samplingSize and samplingPopulation",
		[
			[309, 4],
			[310, 4],
		],
		[...u32(2), ...u32(200)],
	],
] as const) {
	test(`a sampling rate in an options record (${how}) is reported once`, () => {
		const collector = new Collector();
		const template = set(3, optionsTemplate(257, [[149, 4], ...fields]));
		const record = set(257, [...u32(1), ...values]);
		collector.receive(message([template, record]));
		collector.receive(message([record], { sequence: 1 }));
		assert.deepEqual(
			collector.warnings.map((line) => /1 of \d+/.exec(line)?.[0]),
			["1 of 100"],
		);
	});
}

test("of total and delta counters the delta is used, in any order, unless it is 0", () => {
	const totals = [
		[85, 8],
		[86, 8],
	] as const;
	const deltas = [
		[1, 8],
		[2, 8],
	] as const;
	const addresses = SMALL_FLOW.slice(0, 4);
	const record = (...counts: number[]) => [...smallFlow(1).slice(0, 12), ...counts.flatMap(u64)];
	const cases = [
		{ fields: [...totals, ...deltas], counts: [65, 1, 0, 0], expected: [65, 1] },
		{ fields: [...deltas, ...totals], counts: [0, 0, 65, 1], expected: [65, 1] },
		{ fields: [...totals, ...deltas], counts: [500, 5, 65, 1], expected: [65, 1] },
		{ fields: [...deltas, ...totals], counts: [65, 1, 500, 5], expected: [65, 1] },
		{ fields: [...totals], counts: [65, 1], expected: [65, 1] },
	];
	for (const { fields, counts, expected } of cases) {
		const collector = new Collector();
		collector.receive(message([set(2, template(256, [...addresses, ...fields])), set(256, record(...counts))]));
		assert.deepEqual(collector.flows.map(({ bytes, packets }) => [bytes, packets])[0], expected);
	}
});

test("expired templates release their part of the budget", () => {
	const collector = new Collector(true);
	collector.receive(message([SMALL_TEMPLATE]), 0);
	collector.session.sweep(900);
	assert.equal(collector.budget.fields, SMALL_FLOW.length);
	collector.session.sweep(1100);
	assert.equal(collector.budget.fields, 0);
});
