import type { Writable } from "node:stream";
import { AppendedFile } from "../bytes/appended-file.ts";
import { DeCryptoError, inContext } from "../bytes/error.ts";
import { openOutputFile } from "../bytes/output-file.ts";

/** Where text goes: a file or standard output, with back-pressure; lines are gathered into large writes. */
export interface TextOutput {
	/** The path, or `standard output`. */
	readonly name: string;
	write(text: string): Promise<void>;
	/** Hands on what was gathered, so that a reader of the pipe sees it now. */
	flush(): Promise<void>;
	/** Writes what was gathered and ends the output. */
	close(): Promise<void>;
	/** Ends the output without writing more: the run failed. */
	abandon(): Promise<void>;
	/** Opens the path again after log rotation; only of stream outputs to files. */
	reopen?(): Promise<void>;
}

const GATHER = 1 << 16;

/** A batch output: the file gets its name, and replaces the file that had it, when the output is closed. */
export function fileOutput(path: string): TextOutput {
	const file = openOutputFile(path);
	return gathered(path, {
		write: (bytes) => file.write(bytes),
		close: () => file.close(),
		abandon: () => file.discard(),
	});
}

/** A stream output: appends to what the file holds. `reopen` opens the path again after log rotation. */
export function appendingOutput(path: string): TextOutput {
	const file = new AppendedFile(path);
	const close = () => file.close();
	const output = gathered(path, { write: (bytes) => file.write(bytes), close, abandon: close });
	return {
		...output,
		async reopen() {
			await output.flush();
			file.reopen();
		},
	};
}

interface Target {
	write(bytes: Uint8Array): void;
	close(): void;
	abandon(): void;
}

function gathered(name: string, target: Target): TextOutput {
	let text = "";
	const flush = async (): Promise<void> => {
		const bytes = Buffer.from(text);
		text = "";
		if (bytes.length > 0) target.write(bytes);
	};
	return {
		name,
		async write(more) {
			text += more;
			if (text.length >= GATHER) await flush();
		},
		flush,
		async close() {
			await flush();
			target.close();
		},
		async abandon() {
			target.abandon();
		},
	};
}

/** Standard output, or any stream. A reader that goes away (`| head`) ends the output quietly; other errors are thrown. */
export function streamOutput(stream: Writable): TextOutput {
	let gathered = "";
	let gone = false;
	let failure: unknown;
	stream.on("error", (error: NodeJS.ErrnoException) => {
		gone = true;
		if (error.code !== "EPIPE") failure ??= error;
	});
	const flush = async (): Promise<void> => {
		const text = gathered;
		gathered = "";
		if (gone || text === "") return;
		if (!stream.write(text) && !gone) await drainedOrGone(stream);
		// A stream reports an error of the write itself in the next turn of the event loop.
		await new Promise((resolve) => setImmediate(resolve));
		if (failure instanceof DeCryptoError) throw failure;
		if (failure !== undefined) throw inContext("standard output", failure);
	};
	return {
		name: "standard output",
		async write(text) {
			gathered += text;
			if (gathered.length >= GATHER) await flush();
		},
		flush,
		close: flush,
		abandon: async () => {},
	};
}

function drainedOrGone(stream: Writable): Promise<void> {
	return new Promise((resolve) => {
		const events = ["drain", "close", "error"];
		const done = (): void => {
			for (const event of events) stream.off(event, done);
			resolve();
		};
		for (const event of events) stream.on(event, done);
	});
}
