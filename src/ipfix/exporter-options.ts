import { type Template, VARIABLE } from "./template.ts";
import { unsigned } from "./values.ts";

/** IANA information elements. A sampling rate is sent as 1 of N, or as packet interval and packet space (RFC 5477). */
const SYSTEM_INIT_TIME = 160;
const SAMPLING_RATES = new Set([34, 50]);
const SAMPLING_PACKET_INTERVAL = 305;
const SAMPLING_PACKET_SPACE = 306;
const SAMPLING_SIZE = 309;
const SAMPLING_POPULATION = 310;

/** The facts from the options records of an observation domain about all its flows (RFC 7011, 3.4.2.2). */
export class ExporterOptions {
	/** Start of the exporter in microseconds since the epoch; 0 if unknown. */
	systemInitTime = 0;
	/** One of this many packets is metered. */
	samplingRate = 1;

	/** Reads a whole record of an options template. Returns true if it changed the sampling rate to more than 1. */
	read(record: Uint8Array, template: Template): boolean {
		const values = numbersOf(record, template);
		const initTime = values.get(SYSTEM_INIT_TIME);
		if (initTime !== undefined) this.systemInitTime = initTime * 1000;
		const rate = rateOf(values);
		if (rate === undefined || rate === this.samplingRate) return false;
		this.samplingRate = rate;
		return rate > 1;
	}
}

function rateOf(values: ReadonlyMap<number, number>): number | undefined {
	for (const id of SAMPLING_RATES) {
		const rate = values.get(id);
		if (rate !== undefined && rate >= 1) return rate;
	}
	const [interval, space] = [values.get(SAMPLING_PACKET_INTERVAL), values.get(SAMPLING_PACKET_SPACE)];
	if (interval !== undefined && interval >= 1 && space !== undefined) return Math.round((interval + space) / interval);
	const [size, population] = [values.get(SAMPLING_SIZE), values.get(SAMPLING_POPULATION)];
	if (size !== undefined && size >= 1 && population !== undefined) return Math.max(1, Math.round(population / size));
	return undefined;
}

/** The IANA elements of a record that are numbers. Options are rare: speed does not matter here. */
function numbersOf(record: Uint8Array, { fields }: Template): Map<number, number> {
	const values = new Map<number, number>();
	let at = 0;
	for (const { pen, id, length: declared } of fields) {
		let length = declared;
		if (length === VARIABLE) {
			length = record[at++] ?? 0;
			if (length === 255) {
				length = ((record[at] ?? 0) << 8) | (record[at + 1] ?? 0);
				at += 2;
			}
		}
		if (pen === 0 && length >= 1 && length <= 8 && at + length <= record.length) {
			values.set(id, unsigned(record, at, at + length));
		}
		at += length;
	}
	return values;
}
