import { type OutputFile, openOutputFile } from "../bytes/output-file.ts";
import { fieldsOf } from "../csv/csv-encoder.ts";
import { createCsvFile } from "../csv/csv-writer.ts";
import { REASON_NAMES } from "../detect/verdicts.ts";
import type { WrongVerdict } from "../evaluate/evaluation.ts";
import { ListColumnBuilder } from "../flow/columns-builder.ts";
import type { FlowColumns, ListColumn } from "../flow/flow-columns.ts";
import type { FlowSink } from "../flow/flow-sink.ts";

/**
 * The flows with a wrong verdict as CSV: all their columns, and MODEL, VERDICT (`missed`, `false alarm`), DECIDED_BY and
 * PROBABILITY. It can be read again, by `evaluate` and by `detect --all`.
 */
export class MisclassifiedFile {
	readonly #file: OutputFile;
	readonly #models: readonly string[];
	#writer: FlowSink | undefined;

	constructor(path: string, models: readonly string[]) {
		this.#file = openOutputFile(path);
		this.#models = models;
	}

	/** Writes the wrong verdicts of one model on a batch. */
	async write(flows: FlowColumns, wrong: readonly WrongVerdict[], model: number): Promise<void> {
		if (wrong.length === 0) return;
		const texts: Readonly<Record<string, (verdict: WrongVerdict) => string>> = {
			MODEL: () => this.#models[model]!,
			VERDICT: ({ kind }) => kind,
			DECIDED_BY: ({ reason }) => REASON_NAMES[reason]!,
			PROBABILITY: ({ probability }) => (Number.isNaN(probability) ? "" : String(probability)),
		};
		const added = Object.entries(texts).map(([name, text]): [string, ListColumn<Uint8Array>] => [
			name,
			sparseColumn(flows.length, wrong, text),
		]);
		const attributes = { ...flows.extras.attributes, ...Object.fromEntries(added) };
		const told: FlowColumns = { ...flows, extras: { ...flows.extras, attributes } };
		this.#writer ??= createCsvFile(this.#file, fieldsOf(told));
		await this.#writer.write(
			told,
			Uint32Array.from(wrong, ({ flow }) => flow),
		);
	}

	async close(): Promise<void> {
		this.#writer ??= createCsvFile(this.#file);
		await this.#writer.close();
	}
}

/** A text column that says something of these flows only. */
function sparseColumn(
	length: number,
	wrong: readonly WrongVerdict[],
	text: (verdict: WrongVerdict) => string,
): ListColumn<Uint8Array> {
	const column = new ListColumnBuilder<Uint8Array>(Uint8Array);
	let next = 0;
	for (let i = 0; i < length; i++) {
		if (wrong[next]?.flow === i) column.append(Buffer.from(text(wrong[next++]!)));
		column.endFlow();
	}
	return column;
}
