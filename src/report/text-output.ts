import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import type { Writable } from "node:stream";
import { inContext } from "../bytes/error.ts";

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
}

const GATHER = 1 << 16;

export function fileOutput(path: string): TextOutput {
	const descriptor = attempt(path, () => openSync(path, "w"));
	let gathered = "";
	const flush = async (): Promise<void> => {
		const bytes = Buffer.from(gathered);
		gathered = "";
		for (let at = 0; at < bytes.length; ) at += attempt(path, () => writeSync(descriptor, bytes, at));
	};
	return {
		name: path,
		async write(text) {
			gathered += text;
			if (gathered.length >= GATHER) await flush();
		},
		flush,
		async abandon() {
			closeSync(descriptor);
		},
		async close() {
			await flush();
			attempt(path, () => fsyncUnlessPipe(descriptor));
			closeSync(descriptor);
		},
	};
}

/** Standard output, or any stream. A reader that goes away (`| head`) ends the output quietly. */
export function streamOutput(stream: Writable): TextOutput {
	let gathered = "";
	let gone = false;
	stream.on("error", () => {
		gone = true;
	});
	const flush = async (): Promise<void> => {
		const text = gathered;
		gathered = "";
		if (gone || text === "") return;
		if (!stream.write(text) && !gone) await drainedOrGone(stream);
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

function fsyncUnlessPipe(descriptor: number): void {
	try {
		fsyncSync(descriptor);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "EINVAL") throw error;
	}
}

function attempt<T>(path: string, action: () => T): T {
	try {
		return action();
	} catch (error) {
		throw inContext(path, error);
	}
}
