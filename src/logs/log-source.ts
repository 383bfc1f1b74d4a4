import type { ByteSource } from "../bytes/byte-source.ts";
import type { SourceCounters } from "../bytes/counters.ts";
import { DeCryptoError } from "../bytes/error.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { logFlowBuilder } from "./log-flow.ts";
import { LOG_HEAD, logKindOf } from "./log-kinds.ts";
import { LogLines } from "./log-lines.ts";
import type { LoggedAnswer, LogKind, LogTarget } from "./log-reader.ts";
import { NamesByFlow } from "./names-by-flow.ts";

export interface LogSourceOptions {
	/** Logs of the same sensor and time that only tell names (Zeek's `ssl.log`, `dns.log` …): read to their end first. */
	readonly side?: readonly ByteSource[];
	/** Told of every DNS answer. */
	readonly learn?: (answer: LoggedAnswer) => void;
}

const MAX_BATCH = 8192;

/**
 * The flows of a log of another sensor (`LOG_KINDS`), told by its content. Throws (code `log`) from the first pull where
 * the content is no log that is known. Lines that cannot be used are counted by reason.
 */
export function openLogSource(source: ByteSource, options: LogSourceOptions = {}): FlowSource {
	return new LogSource(source, options);
}

class LogSource implements FlowSource {
	readonly name: string;
	readonly counters: SourceCounters;
	readonly #source: ByteSource;
	readonly #side: readonly ByteSource[];
	readonly #target: LogTarget;
	#stopped = false;

	constructor(source: ByteSource, { side = [], learn }: LogSourceOptions) {
		this.name = source.name;
		this.counters = source.counters;
		this.#source = source;
		this.#side = side;
		this.#target = {
			builder: logFlowBuilder(),
			names: new NamesByFlow(),
			counters: source.counters,
			...(learn && { learn }),
		};
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<FlowColumns> {
		try {
			for (const side of this.#side) for await (const _flows of this.#read(side)) if (this.#stopped) return;
			for await (const flows of this.#read(this.#source)) {
				this.counters.flows += flows.length;
				yield flows;
				if (this.#stopped) return;
			}
			this.#tellForgotten();
		} finally {
			this.#close();
		}
	}

	stop(): void {
		this.#stopped = true;
		this.#close();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#close();
	}

	/** The batches of one file. */
	async *#read(source: ByteSource): AsyncGenerator<FlowColumns> {
		const reader = (await kindOf(source)).createReader();
		const lines = new LogLines(this.counters);
		const { builder } = this.#target;
		for await (const chunk of source) {
			for (const line of lines.add(chunk)) {
				reader.read(line, this.#target);
				if (builder.length < MAX_BATCH) continue;
				yield builder.columns();
				builder.clear();
			}
			if (builder.length > 0) {
				yield builder.columns();
				builder.clear();
			}
		}
		for (const line of lines.end()) reader.read(line, this.#target);
		if (builder.length === 0) return;
		yield builder.columns();
		builder.clear();
	}

	#tellForgotten(): void {
		const { forgotten } = this.#target.names;
		if (forgotten > 0)
			this.counters.warnings.push(`${this.name}: names of ${forgotten} flows were forgotten before their flow came`);
	}

	#close(): void {
		for (const source of [this.#source, ...this.#side]) source.close();
	}
}

async function kindOf(source: ByteSource): Promise<LogKind> {
	const kind = logKindOf(await source.peek(LOG_HEAD));
	if (kind === undefined) throw new DeCryptoError("log", `${source.name}: not a log of a known kind`);
	return kind;
}
