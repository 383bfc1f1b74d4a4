import { fstatSync } from "node:fs";
import { Writable } from "node:stream";
import { isatty } from "node:tty";
import { DeCryptoError, inContext } from "./error.ts";
import { writeAllSync } from "./output-file.ts";

const STANDARD_OUTPUT = 1;

let toFile: Writable | undefined;

/**
 * Standard output for data. Node.js ignores how much of a write a file accepted, so that a full disk truncates a
 * document without an error (`SyncWriteStream` of Node.js 24): if standard output is a file or a device, this stream
 * writes all bytes itself or fails. Terminals, pipes and sockets are `process.stdout`.
 */
export function standardOutput(): Writable {
	if (!isFileOrDevice()) return process.stdout;
	toFile ??= new Writable({
		write(chunk: Uint8Array, _encoding, done) {
			try {
				writeAllSync(STANDARD_OUTPUT, chunk);
				done();
			} catch (error) {
				done(inContext("standard output", error));
			}
		},
	});
	// Each write reports its own error to its caller; without a listener the event would end the process.
	toFile.on("error", ignore);
	return toFile;
}

/**
 * Writes text to standard output and waits for it. Throws one `DeCryptoError`; a pipe closed by its reader is not an
 * error.
 */
export function printText(text: string): Promise<void> {
	const output = standardOutput();
	return new Promise((resolve, reject) => {
		output.once("error", ignore);
		output.write(text, (error) => {
			setImmediate(() => output.off("error", ignore));
			if (error instanceof DeCryptoError) reject(error);
			else if (error && (error as NodeJS.ErrnoException).code !== "EPIPE") reject(inContext("standard output", error));
			else resolve();
		});
	});
}

function ignore(): void {}

function isFileOrDevice(): boolean {
	try {
		const stat = fstatSync(STANDARD_OUTPUT);
		return stat.isFile() || (stat.isCharacterDevice() && !isatty(STANDARD_OUTPUT));
	} catch {
		return false;
	}
}
