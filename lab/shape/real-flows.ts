import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { openByteSource } from "../../src/bytes/byte-source.ts";
import { openCsvSource } from "../../src/csv/csv-source.ts";
import { FlowColumnsBuilder } from "../../src/flow/columns-builder.ts";
import { appendFlow } from "../../src/flow/columns-of-flows.ts";
import { flowAt, textAt } from "../../src/flow/flow.ts";
import type { FlowColumns } from "../../src/flow/flow-columns.ts";
import { openTrapcap } from "../../src/nemea/index.ts";
import { Random } from "../random.ts";
import { sharedPath } from "../shared-data.ts";
import { alteredFlow } from "./altered-flow.ts";
import { endsOf } from "./connection-ends.ts";
import { type Disguise, drawDisguise, MINERS_DISGUISES, OTHERS_DISGUISES } from "./disguise.ts";
import { DISGUISES } from "./evasion-trials.ts";
import { type Description, Examples, NOT_DRAWN } from "./examples.ts";
import { TCP } from "./flow-cutter.ts";
import { appendTlsVariant } from "./tls-variant.ts";

const LABELLED = "data/flows/flows.csv.gz";
const METERED = "golden/end-to-end/flows.trapcap.gz";
const CAPTURE_OF = "golden/end-to-end/captures.txt.gz";
const MANIFEST = "data/captures/MANIFEST.csv";

/** Ports of CESNET-MINER22 on which the record sizes are those of TLS, regardless of its labels. */
const TLS_PORTS_OF_CESNET = new Set([5555, 14433]);
/** Variants made of each mining flow; more for sources with only a few flows. */
const VARIANTS = 1;
const VARIANTS_OF_SMALL_SOURCE = 8;
const SMALL_SOURCE = new Set(["peafowl", "zeek-cryptomining"]);
/** Altered copies made of each ordinary flow. */
const ORDINARY_RELATIVES = 3;

/** Whether the reference flows are present. */
export function hasRealFlows(): boolean {
	return [LABELLED, METERED, CAPTURE_OF, MANIFEST].every((path) => sharedPath(path) !== undefined);
}

/**
 * The real flows: the labelled ones, and further flows that the reference exporter made of the same captures, with its
 * own choice of the source. For each draw, variants of the labelled ones: the same plaintext mining inside TLS, and
 * altered copies of all.
 */
export async function addRealFlows(examples: Examples, draws: readonly number[]): Promise<void> {
	const seen = new Set<string>();
	const randoms = draws.map((draw) => ({ draw, random: new Random(draw) }));
	for await (const flows of openCsvSource(openByteSource(sharedPath(LABELLED)!))) {
		const describe = (i: number) => labelled(flows, i);
		for (let i = 0; i < flows.length; i++) seen.add(fingerprint(describe(i).source, flows, i));
		examples.add(flows, describe);
		for (const { draw, random } of randoms) {
			const describeMade = (i: number) => ({ ...describe(i), draw });
			addTlsVariants(examples, flows, describeMade, random);
			addRelatives(examples, flows, describeMade, random.fork(1));
		}
	}
	await addMetered(examples, seen);
}

/** For each disguise, the real plaintext miners inside TLS with it. */
export async function disguisedMiners(seed: number): Promise<ReadonlyMap<string, Examples>> {
	const made = new Map(DISGUISES.map(({ name }) => [name, new Examples()]));
	for await (const flows of openCsvSource(openByteSource(sharedPath(LABELLED)!))) {
		for (const { name, disguise } of DISGUISES) {
			const random = new Random(seed);
			const builder = new FlowColumnsBuilder();
			const descriptions: Description[] = [];
			for (let i = 0; i < flows.length; i++) {
				const example = labelled(flows, i);
				if (!example.isMiner || example.isEncrypted) continue;
				appendTlsVariant(builder, flowAt(flows, i), random, disguise(random));
				descriptions.push({ ...example, origin: "variant", isEncrypted: true });
			}
			made.get(name)!.add(builder.columns(), (i) => descriptions[i]);
		}
	}
	return made;
}

function labelled(flows: FlowColumns, i: number): Description {
	const attribute = (name: string) => textAt(flows.extras.attributes![name]!, i);
	const source = attribute("SOURCE");
	const port = flows.destinationPort[i]!;
	return {
		isMiner: textAt(flows.extras.label!, i) === "Miner",
		origin: "real",
		source,
		...endsOf(source, flows, i),
		isEncrypted: attribute("TLS") === "1" || (source.startsWith("cesnet") && TLS_PORTS_OF_CESNET.has(port)),
		kind: source.startsWith("cesnet") ? `port ${port}` : attribute("VARIANT"),
		begins: flows.timeFirst[i]! / 1e6,
		draw: NOT_DRAWN,
	};
}

/** Every plaintext flow again inside TLS. */
function addTlsVariants(examples: Examples, flows: FlowColumns, describe: (i: number) => Description, random: Random) {
	const builder = new FlowColumnsBuilder();
	const descriptions: Description[] = [];
	for (let i = 0; i < flows.length; i++) {
		const example = describe(i);
		if (example.isEncrypted || flows.protocol[i] !== TCP) continue;
		for (let copies = example.isMiner ? variantsOf(example) : 1; copies > 0; copies--) {
			appendTlsVariant(builder, flowAt(flows, i), random, disguiseOf(example, random));
			descriptions.push({ ...example, origin: "variant", isEncrypted: true });
		}
	}
	examples.add(builder.columns(), (i) => descriptions[i]);
}

/** Altered copies of every flow; half of those in plain text inside TLS. */
function addRelatives(examples: Examples, flows: FlowColumns, describe: (i: number) => Description, random: Random) {
	const builder = new FlowColumnsBuilder();
	const descriptions: Description[] = [];
	for (let i = 0; i < flows.length; i++) {
		const example = describe(i);
		for (let copies = example.isMiner ? variantsOf(example) : ORDINARY_RELATIVES; copies > 0; copies--) {
			const relative = alteredFlow(flowAt(flows, i), random);
			if (relative === undefined) continue;
			const isSealed = !example.isEncrypted && relative.protocol === TCP && random.chance(0.5);
			if (isSealed) appendTlsVariant(builder, relative, random, disguiseOf(example, random));
			else appendFlow(builder, relative);
			descriptions.push({ ...example, origin: "relative", isEncrypted: example.isEncrypted || isSealed });
		}
	}
	examples.add(builder.columns(), (i) => descriptions[i]);
}

function disguiseOf({ isMiner }: Description, random: Random): Disguise {
	return drawDisguise(random, isMiner ? MINERS_DISGUISES : OTHERS_DISGUISES);
}

function variantsOf({ source }: Description): number {
	return SMALL_SOURCE.has(source) ? VARIANTS_OF_SMALL_SOURCE : VARIANTS;
}

async function addMetered(examples: Examples, seen: ReadonlySet<string>): Promise<void> {
	const captures = gunzipSync(readFileSync(sharedPath(CAPTURE_OF)!))
		.toString()
		.trim()
		.split("\n");
	const labels = new Map(
		readFileSync(sharedPath(MANIFEST)!, "utf8")
			.trim()
			.split("\n")
			.slice(1)
			.map((line) => line.split(","))
			.map((fields) => [fields[0]!, fields[4]!] as const),
	);
	for await (const flows of openTrapcap(openByteSource(sharedPath(METERED)!))) {
		examples.add(flows, (i) => {
			const capture = captures[flows.firstIndex + i]!;
			const source = capture.slice(0, capture.indexOf("/"));
			const label = labels.get(capture);
			// Captures with both classes are labelled per flow in the first file, not here.
			if (label !== "other" && label !== "miner") return undefined;
			if (seen.has(fingerprint(source, flows, i))) return undefined;
			return {
				isMiner: label === "miner",
				origin: "real",
				source,
				...endsOf(source, flows, i),
				isEncrypted: false,
				kind: "reference exporter",
				begins: flows.timeFirst[i]! / 1e6,
				draw: NOT_DRAWN,
			};
		});
	}
}

/** Equal for two records of the same flow in the same orientation. */
function fingerprint(source: string, flows: FlowColumns, i: number): string {
	return [source, flows.bytes[i], flows.bytesReverse[i], flows.packets[i], flows.packetsReverse[i]].join(" ");
}
