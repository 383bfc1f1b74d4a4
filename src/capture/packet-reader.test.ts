import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { byteSourceOf } from "../bytes/byte-source.ts";
import { PacketReader } from "./packet-reader.ts";
import { pcapFile } from "./pcap-writer.ts";
import { bytesOf, pcap, pcapng } from "./testing.ts";

interface Read {
	readonly packets: { time: number; text: string; wireLength: number; linkType: number }[];
	readonly warnings: readonly string[];
	readonly malformed: ReadonlyMap<string, number>;
}

/** All packets of a file that arrives in chunks of `size` bytes. */
async function readAll(file: Uint8Array, size = file.length): Promise<Read> {
	const chunks: Uint8Array[] = [];
	for (let at = 0; at < file.length; at += size) chunks.push(file.subarray(at, at + size));
	const source = byteSourceOf("capture", Readable.from(chunks, { objectMode: false }));
	const reader = new PacketReader(source);
	const packets: Read["packets"] = [];
	const { packet } = reader;
	while (await reader.fill()) {
		while (reader.next()) {
			const text = Buffer.from(packet.bytes.subarray(packet.begin, packet.end)).toString("latin1");
			packets.push({ time: packet.time, text, wireLength: packet.wireLength, linkType: packet.linkType });
		}
	}
	const { warnings, malformed } = source.counters;
	return { packets, warnings, malformed };
}

const TIME = 1_700_000_000_123_456;
const three = ["one", "second", ""].map((text, i) => ({ time: TIME + i, bytes: bytesOf(text) }));
const expected = (linkType: number) =>
	three.map(({ time, bytes }) => ({ time, text: Buffer.from(bytes).toString(), wireLength: bytes.length, linkType }));

describe("classic captures", () => {
	for (const bigEndian of [false, true]) {
		for (const kind of [{}, { nanoseconds: true }, { modified: true }]) {
			test(`are read ${bigEndian ? "big" : "little"}-endian ${JSON.stringify(kind)}, nanoseconds cut`, async () => {
				const { packets, warnings } = await readAll(pcap(113, three, { bigEndian, ...kind }));
				assert.deepEqual(packets, expected(113));
				assert.deepEqual(warnings, []);
			});
		}
	}

	test("the reader reads the output of the writer", async () => {
		const file = pcapFile(
			1,
			three.map(({ time, bytes }) => ({ time, bytes: Uint8Array.from(bytes) })),
		);
		assert.deepEqual((await readAll(file)).packets, expected(1));
	});

	test("a packet truncated by a snap length has its wire length", async () => {
		const { packets } = await readAll(pcap(1, [{ time: TIME, bytes: bytesOf("abcdef"), captured: 2 }]));
		assert.deepEqual(packets, [{ time: TIME, text: "ab", wireLength: 6, linkType: 1 }]);
	});

	test("an impossible record length ends the reading with a warning; earlier packets are kept", async () => {
		const file = pcap(1, three);
		new DataView(file.buffer).setUint32(24 + 16 + 3 + 8, 0x7fffffff, true);
		const { packets, warnings, malformed } = await readAll(file);
		assert.equal(packets.length, 1);
		assert.deepEqual(warnings, ["capture: byte 43: a record header is damaged; read up to there"]);
		assert.deepEqual([...malformed], [["capture: damaged record header", 1]]);
	});
});

describe("pcapng captures", () => {
	for (const bigEndian of [false, true]) {
		test(`are read ${bigEndian ? "big" : "little"}-endian, blocks of every kind`, async () => {
			const block = pcapng({ bigEndian });
			const file = [block.section(), block.interface(1, { snap: 4 }), block.interface(101)].flat();
			file.push(...block.enhanced(1, BigInt(TIME), bytesOf("enhanced")), ...block.unknown());
			file.push(...block.obsolete(0, BigInt(TIME + 1), bytesOf("old")), ...block.simple(bytesOf("simple")));
			const { packets, warnings } = await readAll(Uint8Array.from(file));
			assert.deepEqual(packets, [
				{ time: TIME, text: "enhanced", wireLength: 8, linkType: 101 },
				{ time: TIME + 1, text: "old", wireLength: 3, linkType: 1 },
				{ time: TIME + 1, text: "simp", wireLength: 6, linkType: 1 },
			]);
			assert.deepEqual(warnings, []);
		});
	}

	test("a new section may have another byte order and restarts its interfaces", async () => {
		const [little, big] = [pcapng(), pcapng({ bigEndian: true })];
		const first = [...little.section(), ...little.interface(1), ...little.enhanced(0, 1n, bytesOf("a"))];
		const second = [...big.section(), ...big.interface(113), ...big.enhanced(0, 2n, bytesOf("b"))];
		const { packets } = await readAll(Uint8Array.from([...first, ...second]));
		assert.deepEqual(
			packets.map(({ text, linkType, time }) => [text, linkType, time]),
			[
				["a", 1, 1],
				["b", 113, 2],
			],
		);
	});

	test("timestamps of any resolution and offset become whole microseconds, equal to exact arithmetic", async () => {
		const resolution = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0x80, max: 0xa0 }));
		const property = fc.asyncProperty(
			resolution,
			fc.bigInt({ min: 0n, max: 2n ** 63n }),
			fc.integer(),
			async (resolution, stamp, offset) => {
				const block = pcapng();
				const begin = [...block.section(), ...block.interface(1, { resolution, offset: BigInt(offset) })];
				const { packets } = await readAll(Uint8Array.from([...begin, ...block.enhanced(0, stamp, [])]));
				const units = resolution < 0x80 ? 10n ** BigInt(resolution) : 2n ** BigInt(resolution & 0x7f);
				const exact = (stamp * 1_000_000n) / units;
				// Beyond 2^53 µs (the year 2255) a double is not exact; nothing breaks.
				if (exact < 2n ** 53n) assert.equal(packets[0]!.time, Number(exact) + offset * 1e6);
				else assert.ok(Number.isFinite(packets[0]!.time));
			},
		);
		await fc.assert(property, { numRuns: 200, seed: 1 });
	});

	test("a packet of an interface that was never described is counted and skipped", async () => {
		const block = pcapng();
		const file = [
			block.section(),
			block.interface(1),
			block.enhanced(7, 1n, bytesOf("lost")),
			block.enhanced(0, 2n, bytesOf("x")),
		];
		const { packets, malformed } = await readAll(Uint8Array.from(file.flat()));
		assert.deepEqual(
			packets.map(({ text }) => text),
			["x"],
		);
		assert.deepEqual([...malformed], [["capture: packet block that cannot be", 1]]);
	});
});

describe("any capture", () => {
	const block = pcapng();
	// The longest possible packet, so that its record is longer than the reader's headroom.
	const long = new Array<number>(262_144).fill(7);
	const blocks = three.flatMap(({ time, bytes }) => block.enhanced(0, BigInt(time), bytes));
	const files = {
		pcap: pcap(1, [...three, { time: TIME, bytes: long }, ...three]),
		pcapng: Uint8Array.from([block.section(), block.interface(1), blocks, block.enhanced(0, 1n, long), blocks].flat()),
	};

	for (const [name, file] of Object.entries(files)) {
		test(`${name}: is read the same in chunks of any size, also compressed`, async () => {
			const whole = await readAll(file);
			for (const size of [7, 1000, 65_536, 300_000])
				assert.deepEqual(await readAll(file.subarray(), size), whole, `${size}`);
			assert.deepEqual(await readAll(gzipSync(file)), whole);
		});

		test(`${name}: truncated anywhere, is read up to the cut, with a warning that has its position`, async () => {
			const whole = await readAll(file);
			for (let end = 13; end < 400; end++) {
				const { packets, warnings } = await readAll(file.subarray(0, end));
				assert.deepEqual(packets, whole.packets.slice(0, packets.length));
				assert.ok(warnings.length <= 1);
				for (const warning of warnings) assert.match(warning, /^capture: byte \d+: .*(cut short|within its header)/);
			}
		});
	}

	test("is recognised by its content; an empty file and a text are one-line errors", async () => {
		await assert.rejects(readAll(new Uint8Array(0)), { message: "capture: the file is empty" });
		await assert.rejects(readAll(Uint8Array.from(bytesOf("time,src,dst\n"))), {
			message: "capture: not a capture (pcap or pcapng)",
		});
	});

	test("however damaged, is read to an end without an exception", async () => {
		const seed = pcap(1, three);
		const random = fc.tuple(
			fc.constantFrom(seed, files.pcapng.subarray(0, 400)),
			fc.array(fc.tuple(fc.nat(399), fc.nat(255)), { maxLength: 12 }),
		);
		const property = fc.asyncProperty(random, async ([base, changes]) => {
			const file = Uint8Array.from(base);
			// The magic stays, so that it is still a capture.
			for (const [at, value] of changes) if (at >= 12 && at < file.length) file[at] = value;
			const { packets } = await readAll(file);
			for (const { text } of packets) assert.ok(text.length <= file.length);
		});
		await fc.assert(property, { numRuns: 300, seed: 2 });
	});
});
