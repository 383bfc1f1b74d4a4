import { FlowColumnsBuilder } from "./columns-builder.ts";
import type { TextExtra } from "./columns-schema.ts";
import type { ExtraColumns, FlowColumns, ListColumn, SourceRecords } from "./flow-columns.ts";

/** Bytes of a flow without the values of its lists: scalar columns and the offsets of the lists. */
const FIXED_BYTES = 32 + 6 * 8 + 2 * 2 + 3 + 7 * 4;

/** Copies flows of several batches into one batch of its own. */
export class FlowAccumulator {
	readonly #builder: FlowColumnsBuilder;
	readonly #shape: string;
	readonly #template: string | undefined;
	#recordBytes = new Uint8Array(0);
	#recordBegins = new Uint32Array(0);
	#recordEnds = new Uint32Array(0);
	#recordsUsed = 0;
	/** Bytes of the flows copied so far. */
	bytes = 0;

	/** For batches with the extra columns and the record template of `like`; the next flow is its flow `begin`. */
	constructor(like: FlowColumns, begin: number) {
		const { vlan, attributes, flowId, part, pushTimes, ...texts } = like.extras;
		this.#builder = new FlowColumnsBuilder({
			extras: Object.keys(texts) as TextExtra[],
			vlan: vlan !== undefined,
			identity: flowId !== undefined,
			pushTimes: pushTimes !== undefined,
			attributes: Object.keys(attributes ?? {}),
			firstIndex: like.firstIndex + begin,
		});
		this.#shape = shapeOf(like);
		this.#template = like.records?.template;
	}

	get length(): number {
		return this.#builder.length;
	}

	/** Whether the flows of this batch can join the flows copied so far. */
	fits(columns: FlowColumns): boolean {
		return shapeOf(columns) === this.#shape;
	}

	/** Copies the flows `[begin … end)`; `bytes` is the sum of their {@link flowBytes}, if the caller knows it. */
	append(from: FlowColumns, begin: number, end = begin + 1, bytes = bytesOf(from, begin, end)): void {
		this.bytes += bytes;
		if (from.records && end > begin) this.#copyRecords(from.records, begin, end);
		this.#builder.appendFlows(from, begin, end);
	}

	/** The batch so far; valid until {@link clear}. */
	columns(): FlowColumns {
		if (this.#template === undefined) return this.#builder.columns();
		return this.#builder.columns({
			kind: "unirec",
			template: this.#template,
			bytes: this.#recordBytes,
			begins: this.#recordBegins,
			ends: this.#recordEnds,
		});
	}

	/** Begins the next batch; its first flow follows the last one's. */
	clear(): void {
		this.#builder.clear();
		this.#recordsUsed = 0;
		this.bytes = 0;
	}

	/** Copies the records and the bytes between them at once: in a batch they are contiguous. */
	#copyRecords({ bytes, begins, ends }: SourceRecords, begin: number, end: number): void {
		const used = this.#recordsUsed;
		const from = begins[begin]!;
		const to = ends[end - 1]!;
		const count = end - begin;
		const at = this.length;
		if (used + to - from > this.#recordBytes.length) {
			this.#recordBytes = grown(this.#recordBytes, Math.max(used + to - from, 2 * this.#recordBytes.length, 1 << 16));
		}
		if (at + count > this.#recordBegins.length) {
			const capacity = Math.max(1024, at + count, 2 * this.#recordBegins.length);
			this.#recordBegins = grown(this.#recordBegins, capacity);
			this.#recordEnds = grown(this.#recordEnds, capacity);
		}
		this.#recordBytes.set(bytes.subarray(from, to), used);
		let between = to - from;
		for (let k = 0; k < count; k++) {
			const recordBegin = begins[begin + k]!;
			const recordEnd = ends[begin + k]!;
			this.#recordBegins[at + k] = recordBegin - from + used;
			this.#recordEnds[at + k] = recordEnd - from + used;
			between -= recordEnd - recordBegin;
		}
		this.bytes += between;
		this.#recordsUsed = used + to - from;
	}
}

function bytesOf(flows: FlowColumns, begin: number, end: number): number {
	let bytes = 0;
	for (let i = begin; i < end; i++) bytes += flowBytes(flows, i);
	return bytes;
}

/** Bytes of flow i in a copy. */
export function flowBytes(flows: FlowColumns, i: number): number {
	const { extras, records } = flows;
	let bytes = FIXED_BYTES + lengthAt(flows.packetLengths, i) * 2 + lengthAt(flows.packetTimes, i) * 8;
	bytes += lengthAt(flows.packetDirections, i) + lengthAt(flows.packetFlags, i);
	bytes += lengthAt(flows.payload, i) + lengthAt(flows.payloadReverse, i) + lengthAt(flows.serverName, i);
	for (const name in extras) {
		const column = extras[name as keyof ExtraColumns];
		if (column === undefined || !("offsets" in column)) continue;
		const { values, offsets } = column as ListColumn<Uint8Array>;
		bytes += (offsets[i + 1]! - offsets[i]!) * values.BYTES_PER_ELEMENT;
	}
	for (const name in extras.attributes) bytes += lengthAt(extras.attributes[name]!, i);
	return records ? bytes + records.ends[i]! - records.begins[i]! : bytes;
}

function lengthAt({ offsets }: { readonly offsets: Uint32Array }, i: number): number {
	return offsets[i + 1]! - offsets[i]!;
}

/** The optional columns of a batch and the layout of its records: batches of one shape can be joined. */
function shapeOf({ extras, records }: FlowColumns): string {
	const { attributes, ...others } = extras;
	const present = Object.keys(others).filter((name) => extras[name as keyof ExtraColumns] !== undefined);
	return JSON.stringify([present.sort(), Object.keys(attributes ?? {}).sort(), records?.template]);
}

function grown<A extends Uint8Array | Uint32Array>(array: A, length: number): A {
	const larger = new (array.constructor as new (length: number) => A)(length);
	larger.set(array);
	return larger;
}
