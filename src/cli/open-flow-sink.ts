import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { inContext } from "../bytes/error.ts";
import { createCsvWriter } from "../csv/csv-writer.ts";
import type { FlowSink } from "../flow/flow-sink.ts";

/** Where metered flows go: a CSV file, or standard output for `-`. */
export async function openFlowSink(name: string): Promise<FlowSink> {
	if (name === "-") return createCsvWriter(process.stdout);
	const stream = createWriteStream(name);
	await new Promise<void>((resolve, reject) => {
		stream.once("open", () => resolve());
		stream.once("error", (error) => reject(inContext(name, error)));
	});
	const writer = createCsvWriter(stream);
	return {
		write: (flows, positions) => writer.write(flows, positions),
		async close() {
			await writer.close();
			stream.end();
			await finished(stream);
		},
	};
}
