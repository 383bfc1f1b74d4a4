import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { inContext } from "../bytes/error.ts";
import { type OutputFile, openOutputFile, writeAllSync } from "../bytes/output-file.ts";
import { ContainerWriter } from "./container-writer.ts";
import { CONTAINER_LENGTH_MAX } from "./framing.ts";
import { DATA_TYPE, encodeHello } from "./hello.ts";
import { intervalBegin, type OutputPathOptions, outputPath } from "./output-path.ts";
import { createOutputCounters, type RecordOutput } from "./record-output.ts";
import type { Template } from "./template.ts";

const END_OF_STREAM = new Uint8Array(1);
const STANDARD_OUTPUT = 1;

/**
 * Writes `.trapcap` files: a hello, then containers of up to 100,000 bytes. Bytes reach the file when a container is
 * full, at {@link flush} and at {@link close}. A change of template begins another file. A file has a temporary name until
 * it is complete: when the next one begins, or at {@link close}.
 */
export class TrapcapOutput implements RecordOutput {
	readonly name: string;
	readonly counters = createOutputCounters();
	/** The files begun so far. */
	readonly paths: string[] = [];
	readonly #options: OutputPathOptions;
	readonly #container = new ContainerWriter("plain", CONTAINER_LENGTH_MAX);
	#hello: Uint8Array | undefined;
	/** Undefined for standard output. */
	#file: OutputFile | undefined;
	#written = 0;
	#interval = 0;

	constructor(options: Partial<OutputPathOptions> & Pick<OutputPathOptions, "path">) {
		this.#options = { append: false, minutes: 0, size: 0, ...options };
		this.name = `f:${options.path}`;
	}

	/** Throws (code `failed`) in the user's words where the file cannot be made. */
	async begin(template: Template): Promise<void> {
		const hello = encodeHello({ dataType: DATA_TYPE.UNIREC, specifier: template.text });
		if (this.#hello && Buffer.compare(hello, this.#hello) === 0) return;
		await this.flush();
		this.#hello = hello;
		this.#open();
	}

	send(bytes: Uint8Array, begin: number, end: number): undefined {
		if (!this.#container.add(bytes, begin, end)) {
			this.#writeContainer();
			this.#container.add(bytes, begin, end);
		}
		this.counters.sent++;
	}

	async sendEndOfStream(): Promise<void> {
		this.send(END_OF_STREAM, 0, 1);
	}

	async flush(): Promise<void> {
		if (this.#container.count > 0) this.#writeContainer();
	}

	/** Writing a file never waits. */
	hurry(): void {}

	async close(): Promise<void> {
		await this.flush();
		this.#close();
	}

	#writeContainer(): void {
		const container = this.#container.finish();
		if (this.#isFull()) this.#open();
		this.#write(container);
		this.counters.containers++;
	}

	#isFull(): boolean {
		const { size, minutes } = this.#options;
		if (!this.#file) return false;
		if (size > 0 && this.#written >= size) return true;
		return minutes > 0 && intervalBegin(new Date(), minutes).getTime() !== this.#interval;
	}

	#open(): void {
		this.#close();
		const { path, minutes } = this.#options;
		if (path !== "-") {
			const now = new Date();
			this.#interval = minutes > 0 ? intervalBegin(now, minutes).getTime() : 0;
			this.#openFile(this.#freshPath(now));
		}
		this.#written = 0;
		this.#write(this.#hello!);
	}

	/** A name that this output has not used yet: it never overwrites its own files. */
	#freshPath(now: Date): string {
		for (let begun = 0; ; begun++) {
			const path = outputPath(this.#options, now, begun);
			if (!this.paths.includes(path)) return path;
		}
	}

	#openFile(path: string): void {
		try {
			mkdirSync(dirname(path), { recursive: true });
		} catch (error) {
			throw inContext(path, error);
		}
		this.#file = openOutputFile(path);
		this.paths.push(path);
	}

	#write(bytes: Uint8Array): void {
		if (this.#file) this.#file.write(bytes);
		else writeStandardOutput(bytes);
		this.#written += bytes.length;
	}

	#close(): void {
		this.#file?.close();
		this.#file = undefined;
	}
}

function writeStandardOutput(bytes: Uint8Array): void {
	try {
		writeAllSync(STANDARD_OUTPUT, bytes);
	} catch (error) {
		throw inContext("standard output", error);
	}
}
