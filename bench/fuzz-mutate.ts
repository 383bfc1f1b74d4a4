import type { Random } from "../lab/random.ts";

/** Inputs do not grow beyond this: what takes long on less is quadratic. */
const LONGEST = 1 << 18;
/** Numbers on which lengths and counts break. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

/** One of the examples, changed at a few places; now and then not at all. Words of the format, if given, are put in too. */
export function mutated(examples: readonly Uint8Array[], random: Random, words: readonly string[] = []): Buffer {
	let bytes = Buffer.from(random.pick(examples));
	const changes = random.integer(0, 6);
	for (let i = 0; i < changes; i++) bytes = changedOnce(bytes, examples, random, words);
	return bytes;
}

function changedOnce(
	bytes: Buffer<ArrayBuffer>,
	examples: readonly Uint8Array[],
	random: Random,
	words: readonly string[],
): Buffer<ArrayBuffer> {
	const at = random.integer(0, bytes.length);
	const until = Math.min(bytes.length, at + random.integer(0, random.chance(0.1) ? bytes.length : 24));
	const replacedBy = (middle: Uint8Array) =>
		Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(until)]).subarray(0, LONGEST);
	switch (random.integer(0, 6)) {
		case 0:
			return replacedBy(Buffer.alloc(0));
		case 1:
			return replacedBy(part(random.pick(examples), random));
		case 2:
			return repeated(bytes, at, until, random);
		case 3:
			return words.length > 0 ? replacedBy(Buffer.from(random.pick(words))) : replacedBy(edge(random));
		case 4:
			return bytes.subarray(0, at);
		case 5: {
			const number = edge(random);
			if (at + number.length <= bytes.length) bytes.set(number, at);
			return bytes;
		}
		default:
			if (at < bytes.length) bytes[at] = random.integer(0, 255);
			return bytes;
	}
}

function repeated(bytes: Buffer, at: number, until: number, random: Random): Buffer<ArrayBuffer> {
	const piece = bytes.subarray(at, until);
	const room = LONGEST - bytes.length;
	const most = piece.length === 0 ? 0 : Math.min(Math.floor(room / piece.length), random.chance(0.1) ? 50_000 : 20);
	const times = random.integer(0, Math.max(0, most));
	return Buffer.concat([bytes.subarray(0, until), ...new Array<Buffer>(times).fill(piece), bytes.subarray(until)]);
}

function part(bytes: Uint8Array, random: Random): Uint8Array {
	const at = random.integer(0, bytes.length);
	return bytes.subarray(at, random.integer(at, bytes.length));
}

/** One, two or four bytes of either order. */
function edge(random: Random): Buffer {
	const number = Buffer.alloc(4);
	number.writeUInt32BE(random.pick(EDGES));
	const width = random.pick([1, 2, 4]);
	return random.chance(0.5) ? number.subarray(4 - width) : number.reverse().subarray(0, width);
}
