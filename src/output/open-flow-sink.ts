import { UsageError } from "../bytes/error.ts";
import { openOutputFile } from "../bytes/output-file.ts";
import { standardOutput } from "../bytes/standard-output.ts";
import { fieldsOf } from "../csv/csv-encoder.ts";
import { createCsvFile, createCsvWriter } from "../csv/csv-writer.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import type { FlowSink } from "../flow/flow-sink.ts";
import type { UnirecField } from "../flow/unirec-fields.ts";
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
	if (name !== "-" && !name.startsWith("/dev/") && !/\.csv$/i.test(name)) {
		const names = ".csv, .ipfix, .parquet or .trapcap";
		throw new UsageError(`--output ${name}: its extension tells no format of flows; it must end with ${names}`);
	}
	if (name === "-") return csvSink((fields) => createCsvWriter(standardOutput(), fields));
	const file = openOutputFile(name);
	return csvSink((fields) => createCsvFile(file, fields));
}

/** CSV with the columns that the flows have, told by the first batch. */
function csvSink(create: (fields?: readonly UnirecField[]) => FlowSink): FlowSink {
	let writer: FlowSink | undefined;
	const writerFor = (flows?: FlowColumns): FlowSink => {
		writer ??= create(flows && fieldsOf(flows));
		return writer;
	};
	return {
		write: (flows, positions) => writerFor(flows).write(flows, positions),
		close: () => writerFor().close(),
	};
}
