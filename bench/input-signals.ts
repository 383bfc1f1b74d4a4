/**
 * What is found through each kind of input: flows of real captures, as far as the input tells of them, decided with the
 * default model. Prints the second table of docs/inputs.md. Needs the shared captures: `node bench/input-signals.ts`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { markdownTable } from "../lab/markdown-table.ts";
import { sharedPath } from "../lab/shared-data.ts";
import { openByteSource } from "../src/bytes/byte-source.ts";
import { detect } from "../src/detect/detect.ts";
import { createDetectMemory, createDetector, type Detector } from "../src/detect/detector.ts";
import { DEFAULT_OPTIONS } from "../src/detect/options.ts";
import { findMiningPayload } from "../src/detect/payload.ts";
import { REASON, VerdictColumns } from "../src/detect/verdicts.ts";
import type { FlowColumns, ListColumn } from "../src/flow/flow-columns.ts";
import { FLOW_KEY_LENGTH, writeFlowKey } from "../src/flow/flow-key.ts";
import { openModel } from "../src/forest/open-model.ts";
import { meterCapture } from "../src/meter/meter-capture.ts";

type ListName =
	| "packetLengths"
	| "packetDirections"
	| "packetFlags"
	| "packetTimes"
	| "payload"
	| "payloadReverse"
	| "serverName";
const PACKET_LISTS = ["packetLengths", "packetDirections", "packetFlags", "packetTimes"] as const;
const PAYLOAD = ["payload", "payloadReverse"] as const;

interface View {
	readonly input: string;
	readonly without: readonly ListName[];
	readonly hasExtras: boolean;
}

const VIEWS: readonly View[] = [
	{ input: "captures", without: [], hasExtras: true },
	{ input: "IPFIX of ipfixprobe, without DNS", without: [], hasExtras: false },
	{ input: "packet lists only", without: [...PAYLOAD, "serverName"], hasExtras: false },
	{ input: "payload only (sFlow, at best)", without: [...PACKET_LISTS, "serverName"], hasExtras: false },
	{ input: "Zeek, EVE: names", without: [...PACKET_LISTS, ...PAYLOAD], hasExtras: true },
	{ input: "NetFlow, cloud logs", without: [...PACKET_LISTS, ...PAYLOAD, "serverName"], hasExtras: false },
];

interface Tally {
	/** Connections found, of miners and of others, by the reason of their first reported flow. */
	readonly miners: Map<string, number>;
	readonly others: Map<string, number>;
}

const REASONS: Readonly<Record<number, string>> = {
	[REASON.STRATUM]: "payload",
	[REASON.DST]: "name",
	[REASON.ML]: "shape",
};

const tallies = VIEWS.map((): Tally => ({ miners: new Map(), others: new Map() }));
let miners = 0;
let others = 0;
const root = sharedPath("data/captures");
if (root === undefined) throw new Error("the shared captures are not there");
const detector = createDetector(openModel(join(import.meta.dirname, "../models/default.model")), DEFAULT_OPTIONS);
for (const line of readFileSync(join(root, "MANIFEST.csv"), "utf8").trim().split("\n").slice(1)) {
	const [file, , , , label] = line.split(",");
	await judge(join(root, file!), label!).catch((error: Error) => console.error(`${file}: ${error.message}`));
}
printTable();

/** Counts the connections of one capture; of mixed ones those of miners are the ones whose payload speaks a mining protocol. */
async function judge(path: string, label: string): Promise<void> {
	const connections = new Map<string, boolean>();
	const found = VIEWS.map(() => new Map<string, string>());
	for await (const flows of meterCapture(openByteSource(path), { resolvedNames: true, handshakes: true })) {
		const keys = keysOf(flows);
		for (const [i, key] of keys.entries()) {
			const isMiner = label === "miner" || (label === "mixed" && findMiningPayload(flows, i) !== undefined);
			connections.set(key, connections.get(key) === true || isMiner);
		}
		for (const [v, view] of VIEWS.entries()) {
			for (const [i, reason] of reportedIn(seenThrough(flows, view), detector)) {
				if (!found[v]!.has(keys[i]!)) found[v]!.set(keys[i]!, reason);
			}
		}
	}
	for (const [key, isMiner] of connections) {
		if (!isMiner && label === "mixed") continue;
		if (isMiner) miners++;
		else others++;
		for (const [v, { miners, others }] of tallies.entries()) {
			const reason = found[v]!.get(key);
			const counts = isMiner ? miners : others;
			if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
		}
	}
}

function* reportedIn(flows: FlowColumns, detector: Detector): Generator<[position: number, reason: string]> {
	const verdicts = detect(flows, detector, createDetectMemory(DEFAULT_OPTIONS), new VerdictColumns());
	for (const i of verdicts.miners.subarray(0, verdicts.minerCount)) yield [i, REASONS[verdicts.reasons[i]!]!];
}

function seenThrough(flows: FlowColumns, { without, hasExtras }: View): FlowColumns {
	const nothing = (column: ListColumn<Uint8Array>) => ({ ...column, offsets: new Uint32Array(flows.length + 1) });
	const emptied = without.map((name) => [name, nothing(flows[name] as ListColumn<Uint8Array>)]);
	return { ...flows, ...Object.fromEntries(emptied), ...(!hasExtras && { extras: {} }) };
}

function keysOf(flows: FlowColumns): string[] {
	const key = Buffer.alloc(FLOW_KEY_LENGTH);
	return Array.from({ length: flows.length }, (_, i) => {
		writeFlowKey(flows, i, key, false);
		return key.toString("latin1");
	});
}

function printTable(): void {
	const rows = tallies.map(({ miners: found, others: wrong }, v) => {
		const counts = (by: ReadonlyMap<string, number>) => [...by.values()].reduce((sum, count) => sum + count, 0);
		const by = [...found].map(([reason, count]) => `${reason} ${count}`).join(", ") || "–";
		return [VIEWS[v]!.input, `${counts(found)} of ${miners}`, by, `${counts(wrong)} of ${others}`];
	});
	for (const line of markdownTable([["as told by", "mining connections found", "by", "others reported"], ...rows]))
		console.log(line);
}
