import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import type { RecordBatch } from "./record-batch.ts";
import type { RecordInput } from "./record-input.ts";
import type { RecordOutput } from "./record-output.ts";
import { parseTemplate, type Template } from "./template.ts";

/** The template of numbered records, which tests send. */
export const NUMBERED = parseTemplate("uint32 N,bytes FILL");

/** Record `n`, with some bytes behind it. */
export function numberedRecord(n: number): Uint8Array {
	const fill = n % 100;
	const bytes = new Uint8Array(NUMBERED.fixedLength + fill);
	const view = new DataView(bytes.buffer);
	view.setUint32(0, n, true);
	view.setUint16(6, fill, true);
	return bytes;
}

/** Records as a batch, with so many bytes behind the last of them. */
export function batchOf(template: Template, records: readonly Uint8Array[], room = 0): RecordBatch {
	const ends = new Uint32Array(records.length);
	let length = 0;
	records.forEach((record, i) => {
		length += record.length;
		ends[i] = length;
	});
	const begins = ends.map((end, i) => end - records[i]!.length);
	return {
		template,
		length: records.length,
		bytes: Uint8Array.from(Buffer.concat([...records, new Uint8Array(room)])),
		begins,
		ends,
	};
}

/** Any bytes in the fixed part; slots that mostly lie inside; lengths that are or are not multiples of what they hold. */
export function arbitraryRecord(template: Template): fc.Arbitrary<Uint8Array> {
	const slot = fc.record({
		length: fc.oneof(fc.constant(0), fc.constant(16), fc.nat(40), fc.nat(130)),
		offset: fc.oneof(fc.constant(0), fc.nat(40), fc.nat(0xffff)),
		isWild: fc.nat(60).map((n) => n === 0),
	});
	const dynamic = template.fields.filter((field) => field.dynamic);
	return fc
		.record({
			bytes: fc.uint8Array({ minLength: template.fixedLength, maxLength: template.fixedLength + 200 }),
			slots: fc.array(slot, { minLength: dynamic.length, maxLength: dynamic.length }),
			cut: fc.nat(40),
		})
		.map(({ bytes, slots, cut }) => {
			const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
			const available = bytes.length - template.fixedLength;
			dynamic.forEach((field, k) => {
				const { length, offset, isWild } = slots[k]!;
				const inside = Math.min(length, available);
				view.setUint16(field.offset, isWild || inside === 0 ? offset : offset % (available - inside + 1), true);
				view.setUint16(field.offset + 2, isWild ? length : inside, true);
			});
			return cut === 0 ? bytes.slice(0, template.fixedLength - 1) : bytes;
		});
}

/** Sends records `from … to - 1`, waiting where the output asks for it. */
export async function sendNumbered(output: RecordOutput, from: number, to: number): Promise<void> {
	for (let n = from; n < to; n++) {
		const record = numberedRecord(n);
		const wait = output.send(record, 0, record.length);
		if (wait) await wait;
	}
}

/** The numbers of the records that come, until the input ends; `pauseMs` after each batch. */
export async function collectNumbers(input: RecordInput, into: number[] = [], pauseMs = 0): Promise<number[]> {
	for await (const { bytes, begins, length } of input) {
		const view = new DataView(bytes.buffer, bytes.byteOffset);
		for (let i = 0; i < length; i++) into.push(view.getUint32(begins[i]!, true));
		if (pauseMs > 0) await sleep(pauseMs);
	}
	return into;
}

export function numbersUpTo(count: number): number[] {
	return Array.from({ length: count }, (_, n) => n);
}

/** Resolves when the condition holds; throws where it does not within some seconds. */
export async function eventually(condition: () => boolean): Promise<void> {
	for (let attempt = 0; attempt < 1000; attempt++) {
		if (condition()) return;
		await sleep(10);
	}
	throw new Error("it never came to that");
}
