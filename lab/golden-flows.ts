import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { openByteSource } from "../src/bytes/byte-source.ts";
import { FlowAccumulator } from "../src/flow/flow-accumulator.ts";
import type { FlowColumns } from "../src/flow/flow-columns.ts";
import type { FlowSource } from "../src/flow/flow-source.ts";
import { openTrapcap } from "../src/nemea/index.ts";
import { sharedPath } from "./shared-data.ts";

/** A trapcap of the reference data as a source of flows. */
export function goldenSource(relative: string): FlowSource {
	return openTrapcap(openByteSource(sharedPath(relative)!));
}

/** All its flows in one batch. */
export async function goldenFlows(relative: string): Promise<FlowColumns> {
	let all: FlowAccumulator | undefined;
	for await (const flows of goldenSource(relative)) {
		all ??= new FlowAccumulator(flows, 0);
		for (let i = 0; i < flows.length; i++) all.append(flows, i);
	}
	return all!.columns();
}

/** The lines of a gzipped text of the reference data. */
export function goldenLines(relative: string): string[] {
	return gunzipSync(readFileSync(sharedPath(relative)!))
		.toString("latin1")
		.trimEnd()
		.split("\n");
}
