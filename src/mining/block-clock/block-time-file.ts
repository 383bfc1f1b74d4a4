import { openGrowingFile } from "../../bytes/growing-file.ts";
import type { BlockTime } from "./block-clock.ts";
import { readBlockTimeLine } from "./block-time-lines.ts";
import { coinNamed } from "./coin-named.ts";

/** Characters; a line of block times is much shorter. */
const LONGEST_LINE = 4096;

export interface BlockTimeFile {
	/** A path, or `-` for standard input. */
	readonly path: string;
	onBlock(block: BlockTime): void;
	/** Gets a line for what is no block time. */
	warn(line: string): void;
	/** Goes on at the end of the file, until the signal aborts. */
	readonly follow?: boolean;
	readonly signal?: AbortSignal;
}

/** Reads block times from a file to its end, or follows it. Throws where the file cannot be read. */
export async function readBlockTimeFile(file: BlockTimeFile): Promise<void> {
	const { path, follow = false, signal } = file;
	const isOver = (): boolean => !follow || signal?.aborted === true;
	// A followed file that was begun anew ends, and is opened again.
	do {
		const source = path === "-" ? undefined : openGrowingFile(path, isOver);
		const stop = (): void => void (source === undefined ? process.stdin.destroy() : source.close());
		signal?.addEventListener("abort", stop);
		try {
			await readAll(source ?? (process.stdin as AsyncIterable<Uint8Array>), file);
		} catch (error) {
			if (!signal?.aborted) throw error;
		} finally {
			signal?.removeEventListener("abort", stop);
			source?.close();
		}
	} while (path !== "-" && !isOver());
}

async function readAll(chunks: AsyncIterable<Uint8Array>, file: BlockTimeFile): Promise<void> {
	const utf8 = new TextDecoder();
	let rest = "";
	let number = 0;
	let isTooLong = false;
	for await (const chunk of chunks) {
		const lines = (rest + utf8.decode(chunk, { stream: true })).split("\n");
		rest = lines.pop()!;
		for (const line of lines) {
			number++;
			if (!isTooLong) take(line, number, file);
			isTooLong = false;
		}
		if (rest.length <= LONGEST_LINE) continue;
		if (!isTooLong) file.warn(`${file.path}: line ${number + 1}: too long`);
		isTooLong = true;
		rest = "";
	}
	if (!isTooLong) take(rest, number + 1, file);
}

function take(line: string, number: number, { path, onBlock, warn }: BlockTimeFile): void {
	const block = line.length > LONGEST_LINE ? "too long" : readBlockTimeLine(line, path);
	if (typeof block === "string") warn(`${path}: line ${number}: ${block}`);
	else if (block !== undefined) onBlock({ ...block, coin: coinNamed(block.coin) });
}
