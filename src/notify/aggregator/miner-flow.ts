import { DeCryptoError } from "../../bytes/error.ts";
import type { RecordBatch, Template } from "../../nemea/index.ts";

/** One miner flow of a detector: what the aggregator adds up. Times are UniRec's 64-bit integers, addresses its 16 bytes. */
export interface MinerFlow {
	readonly source: Uint8Array;
	readonly destination: Uint8Array;
	readonly sourcePort: number;
	readonly destinationPort: number;
	readonly bytes: bigint;
	readonly packets: bigint;
	readonly timeFirst: bigint;
	readonly timeLast: bigint;
	/** DETECT_TIME; detectors that do not send it detect at the end of the flow. */
	readonly detectTime: bigint;
	readonly reason: MinerReason;
	readonly serverName: Uint8Array;
}

export type MinerReason = "stratum" | "dst" | "ml";

/** REASON of the detector's records: 1 payload, 2 server name and forest, 3 forest. */
const REASONS: readonly (MinerReason | undefined)[] = [undefined, "stratum", "dst", "ml"];

const FIELDS = {
	SRC_IP: "ipaddr",
	DST_IP: "ipaddr",
	SRC_PORT: "uint16",
	DST_PORT: "uint16",
	BYTES: "uint64",
	BYTES_REV: "uint64",
	PACKETS: "uint32",
	PACKETS_REV: "uint32",
	TIME_FIRST: "time",
	TIME_LAST: "time",
	REASON: "uint8",
	TLS_SNI: "string",
} as const;

/** Reads miner flows of one template. */
export class MinerFlowReader {
	readonly template: Template;
	readonly #offsets: Readonly<Record<keyof typeof FIELDS, number>>;
	readonly #detectTime: number | undefined;
	readonly #isMiner: number | undefined;

	/** Throws (code `fields`) naming all fields that the template lacks. */
	constructor(template: Template) {
		const lacking = Object.entries(FIELDS).filter(([name, type]) => template.byName.get(name)?.type !== type);
		if (lacking.length > 0) {
			const names = lacking.map(([name, type]) => `${type} ${name}`).join(", ");
			throw new DeCryptoError("fields", `the records are not those of a miner detector: they lack ${names}`);
		}
		this.template = template;
		const offsets = Object.keys(FIELDS).map((name) => [name, template.byName.get(name)!.offset]);
		this.#offsets = Object.fromEntries(offsets) as Record<keyof typeof FIELDS, number>;
		const optional = (name: string, type: string): number | undefined => {
			const field = template.byName.get(name);
			return field?.type === type ? field.offset : undefined;
		};
		this.#detectTime = optional("DETECT_TIME", "time");
		this.#isMiner = optional("IS_MINER", "uint8");
	}

	/** Record i of a batch; `undefined` for a flow that is no miner, `"malformed"` for bytes that are no record. */
	read({ bytes, begins, ends }: RecordBatch, i: number): MinerFlow | "malformed" | undefined {
		const begin = begins[i]!;
		const length = ends[i]! - begin;
		const { fixedLength } = this.template;
		if (length < fixedLength) return "malformed";
		const view = new DataView(bytes.buffer, bytes.byteOffset + begin, length);
		const at = this.#offsets;
		const reason = REASONS[view.getUint8(at.REASON)];
		if (reason === undefined || (this.#isMiner !== undefined && view.getUint8(this.#isMiner) === 0)) return undefined;
		const nameBegin = fixedLength + view.getUint16(at.TLS_SNI, true);
		const nameLength = view.getUint16(at.TLS_SNI + 2, true);
		if (nameLength > 0 && nameBegin + nameLength > length) return "malformed";
		const slice = (from: number, to: number): Uint8Array => bytes.slice(begin + from, begin + to);
		const timeLast = view.getBigUint64(at.TIME_LAST, true);
		return {
			source: slice(at.SRC_IP, at.SRC_IP + 16),
			destination: slice(at.DST_IP, at.DST_IP + 16),
			sourcePort: view.getUint16(at.SRC_PORT, true),
			destinationPort: view.getUint16(at.DST_PORT, true),
			bytes: view.getBigUint64(at.BYTES, true) + view.getBigUint64(at.BYTES_REV, true),
			packets: BigInt(view.getUint32(at.PACKETS, true) + view.getUint32(at.PACKETS_REV, true)),
			timeFirst: view.getBigUint64(at.TIME_FIRST, true),
			timeLast,
			detectTime: this.#detectTime === undefined ? timeLast : view.getBigUint64(this.#detectTime, true),
			reason,
			serverName: nameLength === 0 ? NO_NAME : slice(nameBegin, nameBegin + nameLength),
		};
	}
}

const NO_NAME = new Uint8Array(0);
