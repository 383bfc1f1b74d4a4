import type { ByteSource } from "../bytes/byte-source.ts";
import { countMalformed, type SourceCounters } from "../bytes/counters.ts";
import { inContext } from "../bytes/error.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import type { UnirecField } from "../flow/unirec-fields.ts";
import { FlowDecoder, type Refuse } from "./flow-decoder.ts";
import type { RecordBatch } from "./record-batch.ts";
import type { RecordInput } from "./record-input.ts";
import { TrapcapInput } from "./trapcap-input.ts";

/** The flows of a `.trapcap` file (recognised by {@link isTrapcap}), compressed or not. */
export function openTrapcap(source: ByteSource): FlowSource {
	return new FlowInput(new TrapcapInput(source));
}

/** The flows in a stream of records, in columns, with the sender's bytes at their side (`records`). */
export class FlowInput implements FlowSource {
	readonly name: string;
	readonly counters: SourceCounters;
	readonly #records: RecordInput;
	readonly #alsoRequired: readonly UnirecField[];
	#decoder: FlowDecoder | undefined;

	/** `alsoRequired`: fields that are required besides those of a flow. */
	constructor(records: RecordInput, alsoRequired: readonly UnirecField[] = []) {
		this.name = records.name;
		this.counters = records.counters;
		this.#records = records;
		this.#alsoRequired = alsoRequired;
	}

	stop(): void {
		this.#records.stop();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#records.stop();
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<FlowColumns> {
		for await (const batch of this.#records) {
			const flows = this.#decode(batch);
			if (flows.length > 0) yield flows;
		}
	}

	#decode(batch: RecordBatch): FlowColumns {
		const decoder = this.#decoderFor(batch);
		const { builder } = decoder;
		const { bytes, begins, ends } = batch;
		builder.clear();
		decoder.append(batch, this.#refuse);
		this.counters.flows += builder.length;
		return builder.columns({ kind: "unirec", template: batch.template.text, bytes, begins, ends });
	}

	readonly #refuse: Refuse = (reason) => countMalformed(this.counters, reason);

	/** A sender that comes back may send other fields. */
	#decoderFor({ template }: RecordBatch): FlowDecoder {
		if (this.#decoder?.template.text === template.text) return this.#decoder;
		try {
			this.#decoder = new FlowDecoder(template, this.#alsoRequired, this.counters.flows);
		} catch (error) {
			throw inContext(this.name, error);
		}
		return this.#decoder;
	}
}
