import { statSync } from "node:fs";
import { countMalformed, createCounters, type SourceCounters } from "../bytes/counters.ts";
import { reasonOf, UsageError } from "../bytes/error.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { DEFAULT_INACTIVE_TIMEOUT } from "../meter/meter-defaults.ts";
import { DirectoryRotation } from "./directory-rotation.ts";
import type { OpenFile } from "./input-kind.ts";
import { InputList, type NamedInput } from "./input-list.ts";
import type { InputOptions } from "./input-options.ts";

/** Warnings that are kept for the counters; the source has no end. */
const MOST_WARNINGS = 100;

/** The flows of all files of a directory, one file after the other, without an end. A file that fails is a warning. */
export class FollowedDirectory implements FlowSource {
	readonly name: string;
	readonly counters: SourceCounters = createCounters();
	readonly #options: InputOptions;
	readonly #openFile: OpenFile;
	readonly #inputs: InputList;
	readonly #rotations: DirectoryRotation;
	#current: FlowSource | undefined;
	#isStopped = false;

	/** Throws a `UsageError` where there is no such directory. */
	constructor(name: string, directory: string, options: InputOptions, openFile: OpenFile) {
		if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory())
			throw new UsageError(`${name}: there is no such directory`);
		this.name = name;
		this.#options = options;
		this.#openFile = openFile;
		this.#inputs = new InputList([directory], true, (line) => this.#warn(line));
		this.#rotations = new DirectoryRotation(this.#inputs, options.metering.inactiveTimeout ?? DEFAULT_INACTIVE_TIMEOUT);
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<FlowColumns> {
		for (let file = await this.#inputs.next(); file && !this.#isStopped; file = await this.#inputs.next()) {
			try {
				yield* this.#flowsOf(file);
			} catch (error) {
				this.#warn(reasonOf(error));
			}
		}
	}

	stop(): void {
		this.#isStopped = true;
		this.#inputs.stop();
		this.#current?.stop();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.stop();
		await this.#current?.[Symbol.asyncDispose]();
	}

	async *#flowsOf(file: NamedInput): AsyncGenerator<FlowColumns> {
		const rotation = this.#rotations.of(file);
		const options = { ...this.#options, metering: { ...this.#options.metering, ...(rotation && { rotation }) } };
		const opened = await this.#openFile(file, options, () => this.#inputs.peek() !== undefined);
		if (opened === undefined) return;
		await using source = opened.source;
		this.#current = source;
		if (this.#isStopped) source.stop();
		const before = { ...this.counters };
		try {
			for await (const flows of source) {
				this.#count(before, source.counters);
				yield { ...flows, firstIndex: before.flows + flows.firstIndex };
			}
		} finally {
			this.#count(before, source.counters);
			for (const [reason, times] of source.counters.malformed) countMalformed(this.counters, reason, times);
			for (const warning of source.counters.warnings) this.#warn(warning);
			this.#current = undefined;
		}
	}

	/** What the file adds to what was counted before it. */
	#count(before: SourceCounters, file: SourceCounters): void {
		this.counters.bytesRead = before.bytesRead + file.bytesRead;
		this.counters.packets = before.packets + file.packets;
		this.counters.flows = before.flows + file.flows;
	}

	#warn(line: string): void {
		this.#options.warn?.(line);
		if (this.counters.warnings.length < MOST_WARNINGS) this.counters.warnings.push(line);
	}
}
