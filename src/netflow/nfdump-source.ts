import { zstdDecompressSync } from "node:zlib";
import type { ByteSource } from "../bytes/byte-source.ts";
import { countMalformed, type SourceCounters } from "../bytes/counters.ts";
import { DeCryptoError } from "../bytes/error.ts";
import { decompressLz4 } from "../bytes/lz4-block.ts";
import { decompressLzo } from "../bytes/lzo-block.ts";
import { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { pairUniflows } from "../flow/uniflow-pairing.ts";
import { nfdumpVersion } from "./nfdump-magic.ts";
import { readNfdumpBlock } from "./nfdump-record.ts";

const FILE_HEADER = 40;
const BLOCK_HEADER = 12;
/** Blocks of records; others have lists of names. */
const DATA_BLOCK = 3;
/** In a compressed file: this block is not. */
const IS_UNCOMPRESSED = 1;
/** nfdump's blocks have at most 5 MiB before compression. */
const LONGEST_BLOCK = 16 << 20;

type Decompress = (block: Uint8Array) => Uint8Array;

/** By the number in the file's header (nfdump 1.7, `nffileV2.h`). */
const COMPRESSIONS: readonly { readonly name: string; decompress?(block: Uint8Array, into: Uint8Array): number }[] = [
	{ name: "none" },
	{ name: "LZO", decompress: decompressLzo },
	{ name: "bzip2" },
	{ name: "LZ4", decompress: decompressLz4 },
	{
		name: "zstd",
		decompress(block, into) {
			const plain = zstdDecompressSync(block, { maxOutputLength: LONGEST_BLOCK });
			into.set(plain);
			return plain.length;
		},
	},
];

/**
 * Flows of a file of nfdump (`nfcapd`), layout 2 as nfdump 1.7 writes it: uncompressed, LZO, LZ4 or zstd; the directions are
 * paired. Throws (code `nfdump`) from the first pull for layout 1, bzip2 and encrypted files; what is damaged is counted.
 */
export function openNfdumpSource(source: ByteSource): FlowSource {
	return new NfdumpFile(source);
}

class NfdumpFile implements FlowSource {
	readonly name: string;
	readonly counters: SourceCounters;
	readonly #source: ByteSource;
	#stopped = false;

	constructor(source: ByteSource) {
		this.name = source.name;
		this.counters = source.counters;
		this.#source = source;
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<FlowColumns> {
		try {
			for await (const flows of pairUniflows(this.#uniflows())) {
				this.counters.flows += flows.length;
				yield flows;
				if (this.#stopped) return;
			}
		} finally {
			this.#source.close();
		}
	}

	stop(): void {
		this.#stopped = true;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#source.close();
	}

	async *#uniflows(): AsyncGenerator<FlowColumns> {
		const header = await this.#read(FILE_HEADER);
		const decompress = this.#decompression(header);
		const blocks = header ? u32(header, 36) : 0;
		const builder = new FlowColumnsBuilder();
		// A file that nfcapd did not close tells no number of blocks.
		for (let k = 0; !this.#stopped && (blocks === 0 || k < blocks); k++) {
			const block = await this.#readBlock(decompress);
			if (block === undefined) return;
			readNfdumpBlock(block, builder, this.counters);
			if (builder.length === 0) continue;
			yield builder.columns();
			builder.clear();
		}
	}

	/** How the blocks are unpacked. Throws what cannot be read. */
	#decompression(header: Uint8Array | undefined): Decompress {
		const refuse = (why: string) => new DeCryptoError("nfdump", `${this.name}: ${why}`);
		if (header === undefined) throw refuse("cut within the header");
		if (nfdumpVersion(header) !== 2)
			throw refuse("nfdump's layout 1 (nfdump 1.6) is not read; nfdump 1.7 writes it anew: nfdump -r OLD -w NEW");
		if (header[17] !== 0) throw refuse("the file is encrypted");
		const compression = COMPRESSIONS[header[16]!];
		if (compression?.name === "none") return (block) => block;
		const { decompress } = compression ?? {};
		if (decompress === undefined)
			throw refuse(
				`compression with ${compression?.name ?? `method ${header[16]}`} is not read; write it anew: nfdump -r OLD -w NEW -y`,
			);
		const into = new Uint8Array(LONGEST_BLOCK);
		return (block) => into.subarray(0, decompress(block, into));
	}

	/** The next block, unpacked; empty for one without records or a damaged one; undefined at the end. */
	async #readBlock(decompress: Decompress): Promise<Uint8Array | undefined> {
		const header = await this.#read(BLOCK_HEADER);
		if (header === undefined) return undefined;
		const length = u32(header, 4);
		const type = header[8]! | (header[9]! << 8);
		if (length > LONGEST_BLOCK) {
			this.counters.warnings.push(`${this.name}: a block of ${length} bytes; read up to there`);
			return undefined;
		}
		const block = await this.#read(length);
		if (block === undefined) {
			this.counters.warnings.push(`${this.name}: cut within a block; read up to there`);
			return undefined;
		}
		if (type !== DATA_BLOCK) return new Uint8Array(0);
		if (header[10]! & IS_UNCOMPRESSED) return block;
		try {
			return decompress(block);
		} catch {
			countMalformed(this.counters, "nfdump: block damaged");
			return new Uint8Array(0);
		}
	}

	/** So many bytes, or undefined where there are not as many. */
	async #read(length: number): Promise<Uint8Array | undefined> {
		const bytes = new Uint8Array(length);
		for (let at = 0; at < length; ) {
			const count = await this.#source.read(bytes.subarray(at));
			if (count === 0) return undefined;
			at += count;
		}
		return bytes;
	}
}

function u32(bytes: Uint8Array, at: number): number {
	return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}
