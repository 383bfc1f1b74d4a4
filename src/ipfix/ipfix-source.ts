import type { ByteSource } from "../bytes/byte-source.ts";
import type { SourceCounters } from "../bytes/counters.ts";
import { DeCryptoError } from "../bytes/error.ts";
import { type BuilderOptions, FlowColumnsBuilder } from "../flow/columns-builder.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { FlowDecoder } from "./flow-decoder.ts";
import { MessageStream } from "./message-framing.ts";
import { type Collection, Session } from "./session.ts";
import { TemplateBudget } from "./templates.ts";

/** The optional columns that IPFIX can fill. */
export const IPFIX_COLUMNS: BuilderOptions = { extras: ["alpn", "ja3", "ja4", "quicServerName"], vlan: true };

/**
 * Flows of an IPFIX file (RFC 5655): consecutive messages as a collector wrote them.
 * Throws (code `ipfix`) from the first pull if the file is not IPFIX, NetFlow included; malformed records are counted.
 */
export function openIpfixSource(source: ByteSource): FlowSource {
	return new IpfixFile(source);
}

class IpfixFile implements FlowSource {
	readonly name: string;
	readonly counters: SourceCounters;
	readonly #source: ByteSource;
	readonly #builder = new FlowColumnsBuilder(IPFIX_COLUMNS);
	#stopped = false;

	constructor(source: ByteSource) {
		this.name = source.name;
		this.counters = source.counters;
		this.#source = source;
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<FlowColumns> {
		const builder = this.#builder;
		const collection: Collection = {
			decoder: new FlowDecoder(builder),
			counters: this.counters,
			warn: (line) => void this.counters.warnings.push(line),
			budget: new TemplateBudget(),
			templateLifetimeMs: Number.POSITIVE_INFINITY,
		};
		const session = new Session(this.name, collection, false);
		const messages = new MessageStream();
		let count = 0;
		const take = (bytes: Uint8Array, begin: number, end: number) => {
			session.message(bytes, begin, end, 0);
			count++;
		};
		let problem: string | undefined;
		try {
			for await (const chunk of this.#source) {
				for (let at = 0; at < chunk.length && problem === undefined; at += PORTION) {
					problem = messages.receive(chunk.subarray(at, at + PORTION), take);
					if (builder.length === 0) continue;
					this.counters.flows += builder.length;
					yield builder.columns();
					builder.clear();
				}
				if (this.#stopped || problem !== undefined) break;
			}
		} finally {
			this.#source.close();
		}
		this.#tellProblems(session, count, messages.pending, problem);
	}

	stop(): void {
		this.#stopped = true;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#source.close();
	}

	#tellProblems(session: Session, count: number, pending: number, problem: string | undefined): void {
		if (problem && count === 0) throw new DeCryptoError("ipfix", `${this.name}: ${problem}`);
		const { warnings } = this.counters;
		if (problem) warnings.push(`${this.name}: after message ${count}: ${problem}; read up to there`);
		else if (pending > 0 && !this.#stopped)
			warnings.push(`${this.name}: cut within message ${count + 1}; read up to there`);
		for (const { domain, lost, unit } of session.losses()) {
			warnings.push(`${this.name}: observation domain ${domain}: ${lost} ${unit} are missing`);
		}
	}
}

/** Bytes decoded between two batches: some thousands of flows. */
const PORTION = 1 << 19;
