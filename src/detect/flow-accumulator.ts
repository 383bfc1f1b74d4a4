import { FlowColumnsBuilder, type TextExtra } from "../flow/columns-builder.ts";
import type { ExtraColumns, FlowColumns, SourceRecords } from "../flow/flow-columns.ts";

/** Bytes of a flow beside what stands in its lists: scalar columns and the lists' offsets. */
const FIXED_BYTES = 32 + 6 * 8 + 2 * 2 + 3 + 7 * 4;

/** Copies flows of several batches behind one another into one batch of its own. */
export class FlowAccumulator {
	readonly #builder: FlowColumnsBuilder;
	readonly #shape: string;
	readonly #template: string | undefined;
	#recordBytes = new Uint8Array(0);
	#recordBegins = new Uint32Array(0);
	#recordEnds = new Uint32Array(0);
	#recordsUsed = 0;
	/** Bytes that the flows copied so far take. */
	bytes = 0;

	/** For batches with the extra columns and the record template of `like`; the first flow to come is its flow `begin`. */
	constructor(like: FlowColumns, begin: number) {
		const { vlan, attributes, ...texts } = like.extras;
		this.#builder = new FlowColumnsBuilder({
			extras: Object.keys(texts) as TextExtra[],
			vlan: vlan !== undefined,
			attributes: Object.keys(attributes ?? {}),
			firstIndex: like.firstIndex + begin,
		});
		this.#shape = shapeOf(like);
		this.#template = like.records?.template;
	}

	get length(): number {
		return this.#builder.length;
	}

	/** Whether flows of this batch can stand in one batch with those copied so far. */
	fits(columns: FlowColumns): boolean {
		return shapeOf(columns) === this.#shape;
	}

	append(from: FlowColumns, i: number): void {
		const builder = this.#builder;
		const at = builder.length;
		for (let k = 0; k < 32; k++) builder.addresses[at * 32 + k] = from.addresses[i * 32 + k]!;
		builder.bytes[at] = from.bytes[i]!;
		builder.bytesReverse[at] = from.bytesReverse[i]!;
		builder.packets[at] = from.packets[i]!;
		builder.packetsReverse[at] = from.packetsReverse[i]!;
		builder.timeFirst[at] = from.timeFirst[i]!;
		builder.timeLast[at] = from.timeLast[i]!;
		builder.sourcePort[at] = from.sourcePort[i]!;
		builder.destinationPort[at] = from.destinationPort[i]!;
		builder.protocol[at] = from.protocol[i]!;
		builder.tcpFlags[at] = from.tcpFlags[i]!;
		builder.tcpFlagsReverse[at] = from.tcpFlagsReverse[i]!;
		if (builder.vlan) builder.vlan[at] = from.extras.vlan![i]!;
		this.bytes += FIXED_BYTES;
		this.#copy("packetLengths", 2, from, i);
		this.#copy("packetDirections", 1, from, i);
		this.#copy("packetFlags", 1, from, i);
		this.#copy("packetTimes", 8, from, i);
		this.#copy("payload", 1, from, i);
		this.#copy("payloadReverse", 1, from, i);
		this.#copy("serverName", 1, from, i);
		for (const name in builder.extras) {
			const { values, offsets } = from.extras[name as TextExtra]!;
			builder.extras[name as TextExtra]!.append(values, offsets[i]!, offsets[i + 1]!);
			this.bytes += offsets[i + 1]! - offsets[i]!;
		}
		for (const name in builder.attributes) {
			const { values, offsets } = from.extras.attributes![name]!;
			builder.attributes[name]!.append(values, offsets[i]!, offsets[i + 1]!);
			this.bytes += offsets[i + 1]! - offsets[i]!;
		}
		if (from.records) this.#copyRecord(from.records, i);
		builder.endFlow();
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

	#copy(name: ListName, width: number, from: FlowColumns, i: number): void {
		const { values, offsets } = from[name];
		const begin = offsets[i]!;
		const end = offsets[i + 1]!;
		this.#builder[name].append(values as never, begin, end);
		this.bytes += (end - begin) * width;
	}

	#copyRecord(records: SourceRecords, i: number): void {
		const begin = records.begins[i]!;
		const length = records.ends[i]! - begin;
		const at = this.#builder.length;
		const used = this.#recordsUsed;
		if (used + length > this.#recordBytes.length) {
			this.#recordBytes = grown(this.#recordBytes, Math.max(used + length, 2 * this.#recordBytes.length, 1 << 16));
		}
		if (at >= this.#recordBegins.length) {
			const capacity = Math.max(1024, 2 * this.#recordBegins.length);
			this.#recordBegins = grown(this.#recordBegins, capacity);
			this.#recordEnds = grown(this.#recordEnds, capacity);
		}
		this.#recordBytes.set(records.bytes.subarray(begin, begin + length), used);
		this.#recordBegins[at] = used;
		this.#recordEnds[at] = used + length;
		this.#recordsUsed = used + length;
		this.bytes += length;
	}
}

type ListName =
	| "packetLengths"
	| "packetDirections"
	| "packetFlags"
	| "packetTimes"
	| "payload"
	| "payloadReverse"
	| "serverName";

/** Which optional columns a batch has, and what its records look like: batches of one shape can be joined. */
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
