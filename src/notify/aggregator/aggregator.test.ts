import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addressBytes } from "../../flow/address.ts";
import { AGGREGATOR_DEFAULTS, Aggregator, type AggregatorOptions } from "./aggregator.ts";
import {
	ALERT_TEMPLATE,
	type AlertRecord,
	decodeAlert,
	encodeAlert,
	unirecMicroseconds,
	unirecTime,
} from "./alert-record.ts";
import type { MinerFlow, MinerReason } from "./miner-flow.ts";

const SECOND = 1_000_000;
const START = 1_700_000_000 * SECOND;

function flow(reason: MinerReason, at = 0, changes: Partial<MinerFlow> = {}): MinerFlow {
	return {
		source: addressBytes("10.0.0.1")!,
		destination: addressBytes("192.0.2.1")!,
		sourcePort: 40_000,
		destinationPort: 3333,
		bytes: 100n,
		packets: 10n,
		timeFirst: unirecTime(START + (at - 60) * SECOND),
		timeLast: unirecTime(START + at * SECOND),
		detectTime: unirecTime(START + (at + 1) * SECOND),
		reason,
		serverName: new Uint8Array(0),
		...changes,
	};
}

function aggregator(options: Partial<AggregatorOptions> = {}): Aggregator {
	return new Aggregator({ ...AGGREGATOR_DEFAULTS, ...options });
}

function addAll(target: Aggregator, flows: readonly MinerFlow[]): AlertRecord[] {
	return flows.flatMap((each) => target.add(each));
}

const other = { destination: addressBytes("192.0.2.9")! };
const later = flow("stratum", 3600, other);

test("an alert leaves after -a flows, with sums, the first flow's begin and the last flow's end", () => {
	const flows = [flow("stratum", 0), flow("ml", 10), flow("ml", 20), flow("ml", 30), flow("dst", 40)];
	const [alert, ...more] = addAll(aggregator(), flows);
	assert.equal(more.length, 0);
	assert.deepEqual(
		[alert!.flows, alert!.bytes, alert!.packets, alert!.stratum, alert!.dst, alert!.ml],
		[5n, 500n, 50n, 1, 1, 3],
	);
	assert.equal(alert!.eventTime, flows[0]!.timeFirst);
	assert.equal(alert!.windowStart, flows[0]!.timeFirst);
	assert.equal(alert!.detectTime, flows[0]!.detectTime);
	assert.equal(alert!.ceaseTime, flows[4]!.timeLast);
	assert.equal(alert!.windowEnd, flows[4]!.timeLast);
});

test("both directions of a conversation are one alert; other ports are another", () => {
	const back = flow("ml", 1, {
		source: addressBytes("192.0.2.1")!,
		destination: addressBytes("10.0.0.1")!,
		sourcePort: 3333,
		destinationPort: 40_000,
	});
	const target = aggregator();
	addAll(target, [flow("ml"), back, flow("ml", 2, { sourcePort: 40_001 })]);
	assert.deepEqual(
		target.finish().map(({ flows }) => flows),
		[2n, 1n],
	);
});

test("a conversation that is quiet for -p minutes of flow time leaves with the next flow of anybody", () => {
	const target = aggregator();
	assert.equal(addAll(target, [flow("stratum", 0), flow("stratum", 1799, other)]).length, 0);
	assert.deepEqual(
		target.add(flow("stratum", 1800, other)).map(({ flows }) => flows),
		[1n],
	);
});

const EVIDENCE: readonly [reasons: MinerReason[], options: Partial<AggregatorOptions>, source: string | undefined][] = [
	[["stratum"], {}, "STRATUM"],
	[["ml", "ml"], {}, undefined],
	[["ml", "ml", "ml"], {}, "ML"],
	[["ml"], { leastMlFlows: 1 }, "ML"],
	[["dst"], {}, "DST"],
	[["dst"], { dropDstOnly: true }, undefined],
	[["dst", "ml"], { dropDstOnly: true }, "DST and ML"],
	[["stratum", "ml"], {}, "ML"],
	[["stratum", "dst"], {}, "DST"],
];

for (const [reasons, options, source] of EVIDENCE) {
	test(`${reasons.join(", ")} with ${JSON.stringify(options)}: ${source ?? "suppressed"}`, () => {
		const target = aggregator(options);
		const [alert] = addAll(target, [...reasons.map((reason, i) => flow(reason, i)), later]);
		assert.equal(alert && sourceOf(alert), source);
		assert.equal(target.counters.suppressed, source === undefined ? 1 : 0);
	});
}

function sourceOf(alert: AlertRecord): string {
	const bytes = encodeAlert(alert);
	const { fixedLength, byName } = ALERT_TEMPLATE;
	const view = new DataView(bytes.buffer);
	const slot = byName.get("DETECTION_SOURCE")!.offset;
	const begin = fixedLength + view.getUint16(slot, true);
	return Buffer.from(bytes.subarray(begin, begin + view.getUint16(slot + 2, true))).toString();
}

test("the end of the stream exports everything unfiltered", () => {
	const target = aggregator({ dropDstOnly: true });
	addAll(target, [flow("ml"), flow("dst", 0, other)]);
	assert.equal(target.finish().length, 2);
});

test("-r swaps the ends where the destination port is a client's, and never a known pool's", () => {
	const cases: [sourcePort: number, destinationPort: number, rotated: boolean][] = [
		[3000, 50_000, true],
		[443, 1024, true],
		[443, 443, false],
		[50_000, 5000, false],
		[2000, 3333, false],
		[2000, 20_535, false],
		[2000, 2000, true],
	];
	for (const [sourcePort, destinationPort, rotated] of cases) {
		const target = aggregator({ rotate: true });
		target.add(flow("stratum", 0, { sourcePort, destinationPort }));
		const [alert] = target.finish();
		assert.equal(alert!.rotated, rotated, `${sourcePort} to ${destinationPort}`);
		assert.equal(alert!.sourcePort, rotated ? destinationPort : sourcePort);
		assert.deepEqual(alert!.source, addressBytes(rotated ? "192.0.2.1" : "10.0.0.1"));
	}
});

test("TLS_SNI is the name of the first flow that its name and the forest decided", () => {
	const name = (text: string) => ({ serverName: Buffer.from(text) });
	const target = aggregator();
	addAll(target, [flow("ml", 0, name("a")), flow("dst", 1), flow("dst", 2, name("b")), flow("dst", 3, name("c"))]);
	assert.equal(Buffer.from(target.finish()[0]!.serverName).toString(), "b");
});

test("memory is bounded: beyond the capacity the longest unchanged conversation leaves early", () => {
	const target = aggregator({ capacity: 2 });
	const flows = [1, 2, 3].map((n) => flow("stratum", n, { sourcePort: n }));
	assert.deepEqual(
		addAll(target, flows).map(({ sourcePort }) => sourcePort),
		[1],
	);
	assert.equal(target.counters.exportedEarly, 1);
});

test("the record has the bytes that UniRec's layout gives it", () => {
	const target = aggregator();
	target.add(flow("dst", 0, { serverName: Buffer.from("pool") }));
	const bytes = Buffer.from(encodeAlert(target.finish()[0]!));
	const time = (at: number) => {
		const eight = Buffer.alloc(8);
		eight.writeUInt32LE(1_700_000_000 + at, 4);
		return eight.toString("hex");
	};
	const expected = [
		`0000000000000000c0000201ffffffff`, // DST_IP
		`00000000000000000a000001ffffffff`, // SRC_IP
		`6400000000000000`, // BYTES_TOTAL
		time(0), // CEASE_TIME
		time(1), // DETECT_TIME
		time(-60), // EVENT_TIME
		`0100000000000000`, // FLOWS_TOTAL
		`0a00000000000000`, // PACKETS_TOTAL
		time(0), // WIN_END_TIME
		time(-60), // WIN_START_TIME
		`01000000`, // DST
		`00000000`, // ML
		`00000000`, // STRATUM
		`050d`, // DST_PORT 3333
		`409c`, // SRC_PORT 40000
		`00`, // ROTATED
		`00000300`, // DETECTION_SOURCE: 3 bytes at 0
		`03000400`, // TLS_SNI: 4 bytes at 3
		Buffer.from("DSTpool").toString("hex"),
	];
	assert.equal(bytes.toString("hex"), expected.join(""));
});

test("a record reads back as it was written", () => {
	const long = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
	const count = fc.nat(0xffff_ffff);
	const port = fc.nat(65_535);
	const address = fc.uint8Array({ minLength: 16, maxLength: 16 });
	const alerts: fc.Arbitrary<AlertRecord> = fc.record(
		{
			source: address,
			destination: address,
			sourcePort: port,
			destinationPort: port,
			flows: long,
			bytes: long,
			packets: long,
			eventTime: long,
			ceaseTime: long,
			detectTime: long,
			windowStart: long,
			windowEnd: long,
			stratum: count,
			dst: count,
			ml: count,
			rotated: fc.boolean(),
			serverName: fc.uint8Array({ maxLength: 300 }),
		},
		{ noNullPrototype: true },
	);
	fc.assert(fc.property(alerts, (alert) => assert.deepEqual(decodeAlert(encodeAlert(alert)), alert)));
});

test("microseconds survive UniRec's time", () => {
	fc.assert(
		fc.property(fc.integer({ min: 0, max: 4_000_000_000_000_000 }), (microseconds) => {
			assert.equal(unirecMicroseconds(unirecTime(microseconds)), microseconds);
		}),
	);
});
