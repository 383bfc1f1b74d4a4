import type { Confidence, Incident, IncidentSignal } from "../incident/incident.ts";
import { hostText, mainPool, poolText, strongestFirst } from "../incident/words.ts";
import type { FittedColumn } from "./fitted-table.ts";
import { byteSize, grouped } from "./quantities.ts";
import type { Style } from "./style.ts";
import { timestamp } from "./timestamp.ts";

/** The signals in the words of tables. */
export const SIGNAL_WORDS: Readonly<Record<IncidentSignal, string>> = {
	payload: "payload",
	"server-name": "server name",
	"pool-list": "pool list",
	shape: "shape",
	conversation: "conversation",
	"block-times": "block times",
	dns: "resolved name",
	probe: "probe",
	"foreign-alert": "alert of another sensor",
};

const COLOURS: Readonly<Record<Confidence, "red" | "yellow" | "dim">> = {
	confirmed: "red",
	probable: "yellow",
	suspected: "dim",
};

/** The columns of a table with one row per mining host. */
export function incidentColumns(style: Style): readonly FittedColumn<Incident>[] {
	const inColour = (text: string, { confidence }: Incident): string => style(COLOURS[confidence], text);
	return [
		{ heading: "host", rank: 0, least: 15, cell: hostText, colour: inColour },
		{ heading: "confidence", rank: 0, cell: confidenceWord, colour: inColour },
		{ heading: "seen (UTC)", rank: 1, cell: seen },
		{ heading: "pools", rank: 0, least: 16, cell: pools },
		{ heading: "coin", rank: 2, least: 6, cell: (incident) => known(incident, "coin") },
		{ heading: "software", rank: 6, least: 12, cell: (incident) => known(incident, "software") },
		{ heading: "wallet", rank: 7, least: 8, cell: (incident) => known(incident, "walletPrefix") },
		{ heading: "found by", rank: 4, least: 12, cell: foundBy },
		{ heading: "flows", rank: 3, align: "right", cell: ({ flows }) => grouped(flows) },
		{
			heading: "bytes",
			rank: 5,
			align: "right",
			cell: ({ bytesToPool, bytesToMiner }) => byteSize(bytesToPool + bytesToMiner),
		},
	];
}

/** Allowed mining is said so: it is recorded, and nobody is notified. */
function confidenceWord({ confidence, allowedBy }: Incident): string {
	return allowedBy.length > 0 ? `${confidence}, allowed` : confidence;
}

/** From the first to the last flow; the day is left out of the end where it is the same. */
function seen({ pools, opened, lastSeen }: Incident): string {
	const from = minute(Math.min(opened, ...pools.map(({ firstSeen }) => firstSeen)));
	const to = minute(lastSeen);
	if (from === to) return from;
	const [day, time] = to.split(" ") as [string, string];
	return from.startsWith(day) ? `${from}–${time}` : `${from}–${to.slice(5)}`;
}

function minute(microseconds: number): string {
	return timestamp(microseconds).slice(0, 16).replace("T", " ");
}

function pools(incident: Incident): string {
	const main = mainPool(incident);
	if (main === undefined) return "";
	const others = incident.pools.length + incident.furtherPools - 1;
	return others > 0 ? `${poolText(main)} +${others}` : poolText(main);
}

/** What is known of any of the pools, the main pool's first. */
function known(incident: Incident, key: "coin" | "software" | "walletPrefix"): string {
	const main = mainPool(incident);
	const values = [main, ...incident.pools].map((pool) => pool?.[key]).filter((value) => value !== undefined);
	return [...new Set(values)].join(", ");
}

function foundBy({ signals }: Incident): string {
	return strongestFirst(signals)
		.map(({ signal }) => SIGNAL_WORDS[signal])
		.join(", ");
}
