/**
 * One growing array for all flows of a batch, with the offset of each flow: flow i has
 * `values[offsets[i] … offsets[i + 1])`.
 */
export interface ListColumn<A> {
	readonly values: A;
	/** At least `length + 1` entries, the first 0. */
	readonly offsets: Uint32Array;
}

/** Optional columns. An absent column means that nothing is known, for all flows of the batch. */
export interface ExtraColumns {
	/** The known class of the flow (`Miner`, `Other`), UTF-8. */
	readonly label?: ListColumn<Uint8Array>;
	/** First payload bytes of the direction, joined over segments, up to the `--payload-bytes` of the meter. */
	readonly longPayload?: ListColumn<Uint8Array>;
	readonly longPayloadReverse?: ListColumn<Uint8Array>;
	/** ALPN of the TLS ClientHello, comma separated. */
	readonly alpn?: ListColumn<Uint8Array>;
	readonly quicServerName?: ListColumn<Uint8Array>;
	readonly quicAlpn?: ListColumn<Uint8Array>;
	/** JA3 as 32 hexadecimal digits, JA4 as text; empty if there was no ClientHello. */
	readonly ja3?: ListColumn<Uint8Array>;
	readonly ja4?: ListColumn<Uint8Array>;
	/**
	 * The name that the flow's client had resolved to its server's address, by DNS answers before the flow; ASCII, lower
	 * case.
	 */
	readonly resolvedName?: ListColumn<Uint8Array>;
	/** VLAN identifier of the outermost tag, 0 for none. */
	readonly vlan?: Uint16Array;
	/**
	 * An identifier of the flow that all its records share: reports before its end, slices of one connection. Below 2^53.
	 */
	readonly flowId?: Float64Array;
	/** One of `FLOW_PART`: whether the record is the whole flow or an early report of a flow that continues. */
	readonly part?: Uint8Array;
	/**
	 * Times at which the server sent unrequested data, microseconds since the epoch: payload from
	 * the destination after at least 2 s without payload from the source, and at least 1 s after the previous push. The
	 * newest ones, a bounded number per connection, kept across its records.
	 */
	readonly pushTimes?: ListColumn<Float64Array>;
	/** Further columns of a flow file by name (`SOURCE`, `TLS`), as text: the groups of `evaluate --by`. */
	readonly attributes?: Readonly<Record<string, ListColumn<Uint8Array>>>;
}

/** `EARLY`: a report of a flow that continues; its end is reported with the same `flowId`. */
export const FLOW_PART = { WHOLE: 0, EARLY: 1 } as const;

/** Whether flow i is an early report of a flow that continues. */
export function isEarly({ extras }: FlowColumns, i: number): boolean {
	return extras.part !== undefined && extras.part[i] === FLOW_PART.EARLY;
}

/** The original bytes of each flow, so that an output of the same kind copies them bit for bit. */
export interface SourceRecords {
	readonly kind: "unirec";
	/** The sender's UniRec template string: the layout of `bytes`. */
	readonly template: string;
	/** Flow i's record is `bytes[begins[i] … ends[i])`. */
	readonly bytes: Uint8Array;
	readonly begins: Uint32Array;
	readonly ends: Uint32Array;
}

/**
 * A run of flows in columns: plain typed arrays only, so that it can move to another thread without a copy.
 * Arrays may be longer than `length`; values after it are meaningless. Field names are plain words for those of NEMEA's
 * exporter (`METER_FIELDS` has the table).
 */
export interface FlowColumns {
	readonly length: number;
	/** Position in the input of the first flow, counted from 0; the flows of a batch are consecutive. */
	readonly firstIndex: number;
	/** 32 bytes per flow: source, destination; IPv4 as UniRec writes it (8 zero bytes, the address, 4 bytes 0xff). */
	readonly addresses: Uint8Array;
	readonly bytes: Float64Array;
	readonly bytesReverse: Float64Array;
	readonly packets: Float64Array;
	readonly packetsReverse: Float64Array;
	/** Whole microseconds since the epoch, exact in a double (UniRec: nanoseconds rounded up, then truncated). */
	readonly timeFirst: Float64Array;
	readonly timeLast: Float64Array;
	readonly sourcePort: Uint16Array;
	readonly destinationPort: Uint16Array;
	readonly protocol: Uint8Array;
	readonly tcpFlags: Uint8Array;
	readonly tcpFlagsReverse: Uint8Array;
	/**
	 * PPI: the first 30 packets with payload. Lengths in bytes of payload; directions 1 for source → destination, -1
	 * back; times in µs.
	 */
	readonly packetLengths: ListColumn<Uint16Array>;
	readonly packetDirections: ListColumn<Int8Array>;
	readonly packetFlags: ListColumn<Uint8Array>;
	readonly packetTimes: ListColumn<Float64Array>;
	/** IDP_CONTENT: the first 100 bytes of the direction's first packet with payload. */
	readonly payload: ListColumn<Uint8Array>;
	readonly payloadReverse: ListColumn<Uint8Array>;
	/** TLS_SNI as on the wire; not necessarily UTF-8. */
	readonly serverName: ListColumn<Uint8Array>;
	readonly extras: ExtraColumns;
	readonly records?: SourceRecords;
}

/** The values of flow i in a list column, as a view. */
export function listAt<A extends Uint8Array | Int8Array | Uint16Array | Float64Array>(
	column: ListColumn<A>,
	i: number,
): A {
	return column.values.subarray(column.offsets[i]!, column.offsets[i + 1]!) as A;
}

/** The buffers of the transfer list when a batch moves to another thread; shared memory needs no transfer. */
export function transferablesOf(columns: FlowColumns): ArrayBuffer[] {
	const buffers = new Set<ArrayBuffer>();
	const collect = (value: unknown): void => {
		if (ArrayBuffer.isView(value)) {
			if (value.buffer instanceof ArrayBuffer) buffers.add(value.buffer);
		} else if (typeof value === "object" && value !== null) Object.values(value).forEach(collect);
	};
	collect(columns);
	return [...buffers];
}
