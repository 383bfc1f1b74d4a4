import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { openByteSource } from "../../src/bytes/byte-source.ts";
import type { FlowColumns } from "../../src/flow/flow-columns.ts";
import { meterCapture } from "../../src/meter/meter-capture.ts";
import { sharedPath } from "../shared-data.ts";
import { type Ends, endsOf } from "./connection-ends.ts";
import { type Description, type Examples, NOT_DRAWN } from "./examples.ts";

// Captures that are metered here: ordinary ones that came after the labelled flows, and those of the service laboratory.

const CAPTURES = "data/captures";
/** Collections of ordinary captures of which there are no reference flows. */
const NEW_SOURCES = ["malcolm", "iti-ics", "westermo", "pcapplusplus", "icsnpp-opcua"];
/** Where `lab/services/run.ts` puts its captures, or DECRYPTO_SERVICES. */
const SERVICES = process.env.DECRYPTO_SERVICES ?? fileURLToPath(new URL("../../bench/.data/services", import.meta.url));

/** Captures of the service laboratory; empty where it has not been run. */
export function serviceCaptures(): string[] {
	if (!existsSync(SERVICES)) return [];
	const files = readdirSync(SERVICES).filter((file) => file.endsWith(".pcap.gz"));
	return files.sort().map((file) => `${SERVICES}/${file}`);
}

/** The flows of ordinary captures that the reference exporter has not metered. */
export async function addNewCaptures(examples: Examples): Promise<void> {
	for (const source of NEW_SOURCES) {
		const folder = sharedPath(`${CAPTURES}/${source}`);
		if (folder === undefined) continue;
		for (const file of readdirSync(folder).sort()) {
			await addCapture(examples, `${folder}/${file}`, (flows, i) => ({
				...OTHER,
				origin: "real",
				source,
				...endsOf(`${source} ${file}`, flows, i),
				kind: file,
				begins: flows.timeFirst[i]! / 1e6,
			}));
		}
	}
}

interface Place {
	readonly service: string;
	readonly pattern: string;
	readonly isEncrypted: boolean;
}

/** The flows of the service laboratory: a daemon is a source. */
export async function addServiceFlows(examples: Examples): Promise<void> {
	for (const path of serviceCaptures()) {
		const places: Record<number, Place> = JSON.parse(readFileSync(path.replace(/pcap\.gz$/, "json"), "utf8"));
		await addCapture(examples, path, (flows, i) => {
			const place = places[flows.destinationPort[i]!] ?? places[flows.sourcePort[i]!];
			return place === undefined
				? undefined
				: {
						...OTHER,
						origin: "service",
						source: place.service,
						...connectionOf(endsOf(basename(path), flows, i)),
						isEncrypted: place.isEncrypted,
						kind: place.pattern,
						begins: flows.timeFirst[i]! / 1e6,
					};
		});
	}
}

/** All of it runs on one machine: a connection is a client of its own. */
function connectionOf({ connection }: Ends): Ends {
	return { connection, pair: connection, host: connection };
}

const OTHER = { isMiner: false, isEncrypted: false, draw: NOT_DRAWN } as const;

async function addCapture(
	examples: Examples,
	path: string,
	describe: (flows: FlowColumns, i: number) => Description | undefined,
): Promise<void> {
	for await (const flows of meterCapture(openByteSource(path))) examples.add(flows, (i) => describe(flows, i));
}
