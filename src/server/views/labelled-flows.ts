import type { Sighting } from "../../incident/sighting.ts";
import { rfc3339 } from "../../notify/event-time.ts";
import type { IncidentStore } from "../../store/incident-store.ts";

const FIELDS = [
	"ipaddr DST_IP",
	"ipaddr SRC_IP",
	"uint64 BYTES",
	"uint64 BYTES_REV",
	"time TIME_FIRST",
	"time TIME_LAST",
	"uint32 PACKETS",
	"uint32 PACKETS_REV",
	"uint16 DST_PORT",
	"uint16 SRC_PORT",
	"uint8 PROTOCOL",
	"string TLS_SNI",
	"string LABEL",
	"int8* PPI_PKT_DIRECTIONS",
	"uint8* PPI_PKT_FLAGS",
	"uint16* PPI_PKT_LENGTHS",
	"time* PPI_PKT_TIMES",
];

/**
 * The kept flows of labelled incidents as NEMEA logger CSV with a LABEL (`Miner`, `Other`): what `decrypto train` reads.
 * Flows without packet lists or TCP flags are left out: a model cannot learn from them. Each part is one incident's rows.
 */
export async function* labelledFlows(store: IncidentStore): AsyncGenerator<string> {
	yield `${FIELDS.join(",")}\n`;
	for (const { incident, kind } of await store.ask("books", "labels")) {
		const sightings = await store.ask("details", "sightings", incident);
		const rows = trainable(sightings).map((sighting) => rowOf(sighting, kind === "miner" ? "Miner" : "Other"));
		if (rows.length > 0) yield rows.join("");
	}
}

/** The flows that an export contains. Early reports of a flow are parts of it. */
export function trainable(sightings: readonly Sighting[]): Sighting[] {
	return sightings.filter(({ part, packets }) => part !== "early" && packets?.flags !== undefined);
}

/** As the flow was seen: what the detector took for the source is the source again. */
function rowOf(sighting: Sighting, label: "Miner" | "Other"): string {
	const { miner, pool, packets, serverName = "", explanation } = sighting;
	const { minerIsSource } = explanation;
	const [source, destination] = minerIsSource ? [miner, pool] : [pool, miner];
	const forward = { bytes: sighting.bytesToPool, packets: sighting.packetsToPool };
	const reverse = { bytes: sighting.bytesToMiner, packets: sighting.packetsToMiner };
	const [sent, received] = minerIsSource ? [forward, reverse] : [reverse, forward];
	const sign = minerIsSource ? 1 : -1;
	const { lengths, directions, times, flags } = packets!;
	return `${[
		destination.address,
		source.address,
		sent.bytes,
		received.bytes,
		time(sighting.begin),
		time(sighting.at),
		sent.packets,
		received.packets,
		destination.port,
		source.port,
		sighting.protocol,
		text(serverName),
		text(label),
		list(directions.map((each) => sign * each)),
		list(flags!),
		list(lengths),
		list(times.map(time)),
	].join(",")}\n`;
}

function list(values: readonly (number | string)[]): string {
	return `[${values.join("|")}]`;
}

/** As the logger does it: printable ASCII only, quotation marks doubled. */
function text(value: string): string {
	return `"${value.replace(/[^ -~]/g, "").replaceAll('"', '""')}"`;
}

function time(microseconds: number): string {
	return rfc3339(microseconds).slice(0, -1);
}
