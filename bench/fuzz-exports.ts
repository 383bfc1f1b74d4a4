import type { Random } from "../lab/random.ts";
import { createCounters } from "../src/bytes/counters.ts";
import { ExporterReport } from "../src/ipfix/exporter-report.ts";
import {
	message,
	optionsTemplate,
	SMALL_FLOW,
	set,
	smallFlow,
	template,
	u16,
	u32,
} from "../src/ipfix/ipfix-message.testing.ts";
import { ExportDatagrams } from "../src/netflow/export-datagrams.ts";
import { mutated } from "./fuzz-mutate.ts";

const SECONDS = 1_735_689_600;

/** RFC 3954, 5.1. */
function netflow9(...sets: readonly (readonly number[])[]): Uint8Array {
	const header = [u16(9), u16(sets.length), u32(100_000), u32(SECONDS), u32(0), u32(1)];
	return Uint8Array.from([...header, ...sets].flat());
}

/** Version 5: a header of 24 bytes, records of 48. */
function netflow5(records: number): Uint8Array {
	const header = [u16(5), u16(records), u32(100_000), u32(SECONDS), u32(0), u32(0), u32(0)];
	const record = [u32(0xc000_0201), u32(0xc633_6402), u32(0), u32(0), u32(9), u32(900), u32(40_000), u32(99_000)];
	const ports = [u16(40_000), u16(3333), [0, 24, 6, 0], u32(0), u32(0)];
	return Uint8Array.from([...header, ...new Array(records).fill([...record, ...ports].flat())].flat());
}

/** sFlow version 5: one flow sample with the header of one Ethernet frame. */
function sflow(): Uint8Array {
	const frame = Buffer.from(
		`0200000000010200000000020800450000280001000040060000${"c0000201c6336402"}9c400d05000000010000000050100000000000000000`,
		"hex",
	);
	const padding = new Array<number>((4 - (frame.length % 4)) % 4).fill(0);
	const body = [u32(1), u32(1500), u32(4), u32(frame.length), [...frame], padding].flat();
	const record = [...u32(1), ...u32(body.length), ...body];
	const sample = [u32(1), u32(3), u32(256), u32(1000), u32(0), u32(1), u32(2), u32(1), record].flat();
	return Uint8Array.from([...[5, 1, 0xc000_0201, 0, 1, 100_000, 1, 1, sample.length].flatMap(u32), ...sample]);
}

const DATAGRAMS: readonly Uint8Array[] = [
	message([set(2, template(256, SMALL_FLOW)), set(256, smallFlow(7), smallFlow(8))]),
	message([set(256, smallFlow(9))]),
	message([
		set(
			3,
			optionsTemplate(258, [
				[149, 4],
				[34, 4],
			]),
		),
	]),
	netflow9(set(0, template(300, SMALL_FLOW)), set(300, smallFlow(7))),
	netflow9(set(300, smallFlow(9))),
	netflow9(set(1, [...u16(301), ...u16(4), ...u16(4), ...u16(1), ...u16(4), ...u16(34), ...u16(4)])),
	netflow5(3),
	sflow(),
];

/** A few hundred datagrams of a few exporters, with times that go forward: every session keeps what the ones before left. */
export function fuzzExports(random: Random): void {
	const counters = createCounters();
	const exports = new ExportDatagrams(counters, new ExporterReport("fuzz", "export", counters, () => {}));
	let time = SECONDS * 1e6;
	for (let i = 0; i < 300; i++) {
		const datagram = mutated(DATAGRAMS, random).subarray(0, 65_507);
		const exporter = `192.0.2.${random.integer(1, 3)} port ${random.integer(1, 40)}`;
		time += random.chance(0.01) ? random.uniform(0, 4000e6) : random.uniform(0, 1e6);
		exports.receive(exporter, datagram, 0, datagram.length, time);
		if (random.chance(0.1)) exports.take();
	}
	for (const _flows of exports.end());
}
