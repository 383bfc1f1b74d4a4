import {
	LIST_EXTRAS,
	LIST_NAMES,
	SCALAR_EXTRA_NAMES,
	SCALAR_EXTRAS,
	SCALAR_NAMES,
	type ScalarExtra,
	type TextExtra,
} from "./columns-schema.ts";
import type { FlowColumns, ListColumn, SourceRecords } from "./flow-columns.ts";
import { bufferOf } from "./returned-buffers.ts";

type ListArray = Uint8Array | Int8Array | Uint16Array | Float64Array;
type Column = ListArray | Uint32Array;

/**
 * A list column that grows. Values of the current flow are appended, {@link endFlow} closes its part.
 * Write many values at once through `values` after {@link reserve}; the arrays are replaced when they grow.
 */
export class ListColumnBuilder<A extends ListArray> implements ListColumn<A> {
	values: A;
	offsets = new Uint32Array(1025);
	/** Values in use. */
	used = 0;
	/** Flows whose parts are closed. */
	flows = 0;
	/** Lengths of both arrays, needed after a transfer. */
	#capacity: number;
	#flowCapacity = 1024;

	constructor(make: new (length: number) => A, capacity = 4096) {
		this.values = new make(capacity);
		this.#capacity = capacity;
	}

	/** Reserves `count` more values; after it the caller may write `values[used …]` and move `used` itself. */
	reserve(count: number): void {
		const needed = this.used + count;
		if (needed <= this.values.length) return;
		this.#capacity = Math.max(needed, this.values.length * 2);
		this.values = grown(this.values, this.#capacity);
	}

	/**
	 * Reserves `flows` more flows of `count` values in total. Then the caller may write `values[used …]` and the ends
	 * `offsets[flows + 1 …]` itself, and reports them with {@link filled}.
	 */
	reserveFlows(flows: number, count: number): void {
		this.reserve(count);
		while (this.flows + flows > this.#flowCapacity) this.#growOffsets();
	}

	/** Adds `flows` flows that the caller has written itself. */
	filled(flows: number): void {
		this.flows += flows;
		this.used = this.offsets[this.flows]!;
	}

	push(value: number): void {
		if (this.used === this.values.length) this.reserve(1);
		this.values[this.used++] = value;
	}

	/** Appends `source[begin … end)`. Short parts are copied in a loop: a typed-array view costs more. */
	append(source: A, begin = 0, end = source.length): void {
		const count = end - begin;
		if (count <= 0) return;
		this.reserve(count);
		const values = this.values;
		let at = this.used;
		if (count > 160) (values as Uint8Array).set(source.subarray(begin, end) as Uint8Array, at);
		else for (let i = begin; i < end; i++) values[at++] = source[i]!;
		this.used += count;
	}

	/** Appends the parts of whole flows `[begin … end)`, each closed. */
	appendFlows({ values, offsets }: ListColumn<A>, begin: number, end: number): void {
		const from = offsets[begin]!;
		const shift = this.used - from;
		const count = offsets[end]! - from;
		this.reserveFlows(end - begin, count);
		(this.values as Uint8Array).set(values.subarray(from, from + count) as Uint8Array, this.used);
		for (let i = begin + 1; i <= end; i++) this.offsets[++this.flows] = offsets[i]! + shift;
		this.used += count;
	}

	/** Closes the part of the current flow. */
	endFlow(): void {
		if (++this.flows > this.#flowCapacity) this.#growOffsets();
		this.offsets[this.flows] = this.used;
	}

	/** Removes the values appended since the last {@link endFlow}: the flow is malformed. */
	rollback(): void {
		this.used = this.offsets[this.flows]!;
	}

	clear(): void {
		this.used = 0;
		this.flows = 0;
		if (isDetached(this.values)) this.values = grown(this.values, this.#capacity);
		if (isDetached(this.offsets)) this.offsets = grown(this.offsets, this.#flowCapacity + 1);
	}

	#growOffsets(): void {
		this.#flowCapacity *= 2;
		this.offsets = grown(this.offsets, this.#flowCapacity + 1);
	}
}

/** The optional columns that a source fills. */
export interface BuilderOptions {
	readonly extras?: readonly TextExtra[];
	readonly vlan?: boolean;
	/** Whether flows have `flowId` and `part`. */
	readonly identity?: boolean;
	readonly pushTimes?: boolean;
	/** Names of attribute columns. */
	readonly attributes?: readonly string[];
	/** Position in the input of the first flow; not 0 if a source changes its columns in mid-stream. */
	readonly firstIndex?: number;
}

/**
 * Builds batches of flows: for flow `length`, write the scalar columns by index and append to the list columns,
 * then call {@link endFlow}. After {@link clear} the next batch reuses the arrays; if they were transferred to
 * another thread meanwhile, the builder allocates new ones of the same size.
 */
export class FlowColumnsBuilder {
	length = 0;
	capacity = 1024;
	addresses = new Uint8Array(32 * 1024);
	bytes = new Float64Array(1024);
	bytesReverse = new Float64Array(1024);
	packets = new Float64Array(1024);
	packetsReverse = new Float64Array(1024);
	timeFirst = new Float64Array(1024);
	timeLast = new Float64Array(1024);
	sourcePort = new Uint16Array(1024);
	destinationPort = new Uint16Array(1024);
	protocol = new Uint8Array(1024);
	tcpFlags = new Uint8Array(1024);
	tcpFlagsReverse = new Uint8Array(1024);
	readonly packetLengths = new ListColumnBuilder<Uint16Array>(Uint16Array);
	readonly packetDirections = new ListColumnBuilder<Int8Array>(Int8Array);
	readonly packetFlags = new ListColumnBuilder<Uint8Array>(Uint8Array);
	readonly packetTimes = new ListColumnBuilder<Float64Array>(Float64Array);
	readonly payload = new ListColumnBuilder<Uint8Array>(Uint8Array);
	readonly payloadReverse = new ListColumnBuilder<Uint8Array>(Uint8Array);
	readonly serverName = new ListColumnBuilder<Uint8Array>(Uint8Array);
	/** The requested optional text columns, by name. */
	readonly extras: { readonly [name in TextExtra]?: ListColumnBuilder<Uint8Array> };
	readonly attributes: Readonly<Record<string, ListColumnBuilder<Uint8Array>>>;
	vlan: Uint16Array | undefined;
	flowId: Float64Array | undefined;
	part: Uint8Array | undefined;
	readonly pushTimes: ListColumnBuilder<Float64Array> | undefined;
	readonly #scalarExtras: readonly ScalarExtra[];
	readonly #lists: ListColumnBuilder<ListArray>[];
	#firstIndex = 0;

	constructor(options: BuilderOptions = {}) {
		const textColumns = (names: readonly string[] = []) =>
			Object.fromEntries(names.map((name) => [name, new ListColumnBuilder<Uint8Array>(Uint8Array)]));
		this.extras = textColumns(options.extras);
		this.attributes = textColumns(options.attributes);
		this.#scalarExtras = SCALAR_EXTRA_NAMES.filter((name) => (name === "vlan" ? options.vlan : options.identity));
		for (const name of this.#scalarExtras) (this[name] as Column) = new SCALAR_EXTRAS[name](this.capacity);
		if (options.pushTimes) this.pushTimes = new ListColumnBuilder<Float64Array>(LIST_EXTRAS.pushTimes);
		this.#firstIndex = options.firstIndex ?? 0;
		this.#lists = [
			...LIST_NAMES.map((name) => this[name]),
			...Object.values(this.extras),
			...Object.values(this.attributes),
			...(this.pushTimes ? [this.pushTimes] : []),
		] as ListColumnBuilder<ListArray>[];
	}

	/** Closes flow `length` and reserves the next. */
	endFlow(): void {
		for (let i = 0; i < this.#lists.length; i++) this.#lists[i]!.endFlow();
		if (++this.length === this.capacity) this.#resize(this.capacity * 2);
	}

	/**
	 * Reserves `flows` more flows in the scalar columns; the caller may then write them, and reports them with
	 * {@link filled}.
	 */
	reserveFlows(flows: number): void {
		let { capacity } = this;
		while (this.length + flows >= capacity) capacity *= 2;
		if (capacity > this.capacity) this.#resize(capacity);
	}

	/** Adds `flows` flows that the caller has written to the scalar columns and to every list. */
	filled(flows: number): void {
		this.length += flows;
	}

	/** Appends the flows `[begin … end)` of a batch that has the columns of this one. */
	appendFlows(from: FlowColumns, begin: number, end: number): void {
		const at = this.length;
		this.reserveFlows(end - begin);
		this.addresses.set(from.addresses.subarray(begin * 32, end * 32), at * 32);
		for (let s = 0; s < SCALAR_NAMES.length; s++) {
			const name = SCALAR_NAMES[s]!;
			this[name].set(from[name].subarray(begin, end), at);
		}
		for (let s = 0; s < this.#scalarExtras.length; s++) {
			const name = this.#scalarExtras[s]!;
			this[name]!.set(from.extras[name]!.subarray(begin, end), at);
		}
		this.pushTimes?.appendFlows(from.extras.pushTimes!, begin, end);
		for (let l = 0; l < LIST_NAMES.length; l++) {
			const name = LIST_NAMES[l]!;
			(this[name] as ListColumnBuilder<Uint8Array>).appendFlows(from[name] as ListColumn<Uint8Array>, begin, end);
		}
		for (const name in this.extras)
			this.extras[name as TextExtra]!.appendFlows(from.extras[name as TextExtra]!, begin, end);
		for (const name in this.attributes) this.attributes[name]!.appendFlows(from.extras.attributes![name]!, begin, end);
		this.length += end - begin;
	}

	/** Removes the values appended to the lists for the current flow. */
	rollback(): void {
		for (let i = 0; i < this.#lists.length; i++) this.#lists[i]!.rollback();
	}

	/** The batch built so far: views of this builder's own arrays, valid until {@link clear}. */
	columns(records?: SourceRecords): FlowColumns {
		const attributes = Object.keys(this.attributes).length > 0 ? { attributes: listColumnsOf(this.attributes) } : {};
		return {
			length: this.length,
			firstIndex: this.#firstIndex,
			addresses: this.addresses,
			bytes: this.bytes,
			bytesReverse: this.bytesReverse,
			packets: this.packets,
			packetsReverse: this.packetsReverse,
			timeFirst: this.timeFirst,
			timeLast: this.timeLast,
			sourcePort: this.sourcePort,
			destinationPort: this.destinationPort,
			protocol: this.protocol,
			tcpFlags: this.tcpFlags,
			tcpFlagsReverse: this.tcpFlagsReverse,
			packetLengths: listColumnOf(this.packetLengths),
			packetDirections: listColumnOf(this.packetDirections),
			packetFlags: listColumnOf(this.packetFlags),
			packetTimes: listColumnOf(this.packetTimes),
			payload: listColumnOf(this.payload),
			payloadReverse: listColumnOf(this.payloadReverse),
			serverName: listColumnOf(this.serverName),
			extras: {
				...listColumnsOf(this.extras),
				...attributes,
				...Object.fromEntries(this.#scalarExtras.map((name) => [name, this[name]])),
				...(this.pushTimes && { pushTimes: listColumnOf(this.pushTimes) }),
			},
			...(records && { records }),
		};
	}

	/** Begins the next batch; its first flow's index follows the last one's. */
	clear(): void {
		this.#firstIndex += this.length;
		this.length = 0;
		if (isDetached(this.addresses)) this.#resize(this.capacity);
		for (let i = 0; i < this.#lists.length; i++) this.#lists[i]!.clear();
	}

	/** Begins the first batch of another input: its flows count from 0. */
	restart(): void {
		this.clear();
		this.#firstIndex = 0;
	}

	#resize(capacity: number): void {
		this.addresses = grown(this.addresses, capacity * 32);
		for (const name of SCALAR_NAMES) (this[name] as Column) = grown(this[name], capacity);
		for (const name of this.#scalarExtras) (this[name] as Column) = grown(this[name]!, capacity);
		this.capacity = capacity;
	}
}

/** A typed array has length 0 after a transfer. */
function isDetached(array: Column): boolean {
	return array.length === 0;
}

/** An array of the given length with the same values; a transferred array has no values. */
function grown<A extends Column>(array: A, length: number): A {
	const make = array.constructor as {
		new (buffer: ArrayBuffer): A;
		new (length: number): A;
		BYTES_PER_ELEMENT: number;
	};
	if (isDetached(array)) return new make(bufferOf(length * make.BYTES_PER_ELEMENT));
	const larger = new make(length);
	(larger as Uint8Array).set(array as Uint8Array);
	return larger;
}

function listColumnOf<A extends ListArray>(builder: ListColumnBuilder<A>): ListColumn<A> {
	return { values: builder.values, offsets: builder.offsets };
}

function listColumnsOf(
	builders: Readonly<Record<string, ListColumnBuilder<Uint8Array>>>,
): Record<string, ListColumn<Uint8Array>> {
	return Object.fromEntries(Object.entries(builders).map(([name, builder]) => [name, listColumnOf(builder)]));
}
