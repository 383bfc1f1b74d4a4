import type { ByteSource } from "../bytes/byte-source.ts";
import type { SourceCounters } from "../bytes/counters.ts";
import { DeCryptoError } from "../bytes/error.ts";
import { unconnectedNames } from "../dns/unconnected.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { pairUniflows, UniflowPairing } from "../flow/uniflow-pairing.ts";
import { poolOfHost } from "../mining/pool-of-host.ts";
import { logFlowBuilder } from "./log-flow.ts";
import { LOG_HEAD, logKindOf } from "./log-kinds.ts";
import { LogLines } from "./log-lines.ts";
import type { LogKind, LogTarget } from "./log-reader.ts";
import type { LoggedAnswer } from "./logged-answer.ts";
import { LoggedNames } from "./logged-names.ts";
import { NamesByFlow } from "./names-by-flow.ts";

export interface LogSourceOptions {
	/** Logs of the same sensor and time that only tell names (Zeek's `ssl.log`, `dns.log` …): read to their end first. */
	readonly side?: readonly ByteSource[];
	/** Told of every DNS answer. */
	readonly learn?: (answer: LoggedAnswer) => void;
}

const MAX_BATCH = 8192;

/**
 * The flows of a log of another sensor (`LOG_KINDS`), told by its content; where its records are one direction each, they are
 * paired. Throws (code `log`) from the first pull where the content is no log that is known. Lines that cannot be used are
 * counted by reason. At the end, pools that were asked for in DNS and not connected to are warnings.
 */
export function openLogSource(source: ByteSource, options: LogSourceOptions = {}): FlowSource {
	return new LogSource(source, options);
}

/** What the readers of one log, or of several that belong together, read into. */
export function logTarget(counters: SourceCounters, learn?: (answer: LoggedAnswer) => void): LogTarget {
	const resolved = new LoggedNames();
	return {
		builder: logFlowBuilder(),
		names: new NamesByFlow(),
		counters,
		resolved,
		learn: (answer) => {
			resolved.learn(answer);
			learn?.(answer);
		},
	};
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
		this.#target = logTarget(source.counters, learn);
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<FlowColumns> {
		try {
			for (const side of this.#side) {
				for await (const _flows of this.#read(side, await kindOf(side))) if (this.#stopped) return;
			}
			const kind = await kindOf(this.#source);
			const flows = this.#read(this.#source, kind);
			for await (const batch of kind.isUnidirectional ? pairUniflows(flows, new UniflowPairing()) : flows) {
				this.counters.flows += batch.length;
				yield batch;
				if (this.#stopped) return;
			}
			this.#tellAtEnd();
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
	async *#read(source: ByteSource, kind: LogKind): AsyncGenerator<FlowColumns> {
		const reader = await kind.createReader();
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

	#tellAtEnd(): void {
		const { names, resolved } = this.#target;
		const { warnings } = this.counters;
		if (names.forgotten > 0)
			warnings.push(`${this.name}: names of ${names.forgotten} flows were forgotten before their flow came`);
		for (const line of unconnectedNames(resolved.asked(), (name) => poolOfHost(name) !== undefined))
			warnings.push(`${this.name}: ${line}`);
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
