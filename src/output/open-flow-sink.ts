import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { inContext } from "../bytes/error.ts";
import { fieldsOf } from "../csv/csv-encoder.ts";
import { createCsvWriter } from "../csv/csv-writer.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSink } from "../flow/flow-sink.ts";
import { isIpfixAddress } from "../ipfix/listen-address.ts";
import type { TlsFiles } from "../ipfix/stream-receiver.ts";
import { createTrapSink, isInterface } from "../nemea/index.ts";

/** What outputs need to know beside their name. */
export interface OutputOptions {
	/** Certificates for `ipfix+tls://`. */
	readonly tls?: TlsFiles;
	/** Where NEMEA's Unix sockets are; absent: the directory that NEMEA uses. */
	readonly socketDirectory?: string;
	/** Gets what a person should know while the output goes on. */
	readonly warn?: (line: string) => void;
}

export function trapOptions({ socketDirectory }: OutputOptions): { socketDirectory?: string } {
	return socketDirectory === undefined ? {} : { socketDirectory };
}

/** Where flows go: an IPFIX collector or file, a NEMEA interface or trapcap file, a Parquet file, a CSV file, or CSV on standard output for `-`. */
export async function openFlowSink(name: string, options: OutputOptions): Promise<FlowSink> {
	if (isIpfixAddress(name) || /\.ipfix$/i.test(name)) {
		const { createIpfixSink } = await import("../ipfix/ipfix-sink.ts");
		return createIpfixSink(name, {
			...(options.tls && { tls: options.tls }),
			...(options.warn && { onWarning: options.warn }),
		});
	}
	if (isInterface(name) || /\.trapcap$/i.test(name)) return createTrapSink(name, trapOptions(options));
	if (/\.parquet$/i.test(name)) return (await import("../csv/parquet-writer.ts")).createParquetWriter(name);
	return name === "-" ? csvSink(process.stdout) : csvFile(name);
}

/** CSV with the columns that the flows have, told by the first batch. */
function csvSink(output: NodeJS.WriteStream | ReturnType<typeof createWriteStream>): FlowSink {
	let writer: FlowSink | undefined;
	const writerFor = (flows?: FlowColumns): FlowSink => {
		writer ??= createCsvWriter(output, flows && fieldsOf(flows));
		return writer;
	};
	return {
		write: (flows, positions) => writerFor(flows).write(flows, positions),
		close: () => writerFor().close(),
	};
}

async function csvFile(path: string): Promise<FlowSink> {
	const stream = createWriteStream(path);
	await new Promise<void>((resolve, reject) => {
		stream.once("open", () => resolve());
		stream.once("error", (error) => reject(inContext(path, error)));
	});
	const writer = csvSink(stream);
	return {
		write: (flows, positions) => writer.write(flows, positions),
		async close() {
			await writer.close();
			stream.end();
			await finished(stream);
		},
	};
}
