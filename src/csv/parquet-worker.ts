import { parentPort, workerData } from "node:worker_threads";
import { DeCryptoError } from "../bytes/error.ts";
import { transferablesOf } from "../flow/flow-columns.ts";
import type { CsvOptions } from "./csv-source.ts";
import { ParquetDecoder } from "./parquet-decoder.ts";
import type { ParquetAnswer } from "./parquet-source.ts";

/** Decodes one Parquet file, one batch per message that requests one. */

const { path, options } = workerData as { path: string; options: CsvOptions };
const port = parentPort!;
const decoder = new ParquetDecoder(path, options);
const batches = decoder[Symbol.asyncIterator]();

port.on("message", async () => {
	const { counters } = decoder;
	try {
		const { done, value } = await batches.next();
		if (done) port.postMessage({ kind: "ended", counters } satisfies ParquetAnswer);
		else port.postMessage({ kind: "flows", flows: value, counters } satisfies ParquetAnswer, transferablesOf(value));
	} catch (error) {
		const { code, message } =
			error instanceof DeCryptoError ? error : { code: "parquet" as const, message: String(error) };
		port.postMessage({ kind: "failed", code, message, counters } satisfies ParquetAnswer);
	}
});
