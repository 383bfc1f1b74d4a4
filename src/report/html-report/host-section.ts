import { packetRhythm } from "../../incident/packet-rhythm.ts";
import type { Sighting } from "../../incident/sighting.ts";
import { incidentWords, strongestFirst } from "../../incident/words.ts";
import { confidenceBadge } from "../page/confidence-badge.ts";
import { confidencePicture } from "../page/confidence-picture.ts";
import { contributionBars } from "../page/contribution-bars.ts";
import { element, type PageElement } from "../page/element.ts";
import { evidenceList, sentence } from "../page/evidence-list.ts";
import { poolTable } from "../page/pool-table.ts";
import { rhythmPicture, rhythmWords } from "../page/rhythm-picture.ts";
import { byteSize, counted } from "../quantities.ts";
import type { ReportedHost } from "./report-contents.ts";

/** One incident with its evidence: words first, then pictures and tables. */
export function hostSection(host: ReportedHost, index: number, pictures: number): PageElement {
	const { incident, events, flows, scores } = host;
	return element(
		"article",
		{ class: `card ${incident.confidence}`, id: `host-${index + 1}` },
		element("h3", {}, element("bdi", {}, sentence(incidentWords(incident)))),
		element(
			"p",
			{ class: "facts" },
			confidenceBadge(incident.confidence),
			element("span", {}, `score ${incident.score.toFixed(3)}`),
			element("span", {}, `${counted(incident.flows, "flow")}, ${counted(incident.packets, "packet")}`),
			element("span", {}, `${byteSize(incident.bytesToPool)} sent, ${byteSize(incident.bytesToMiner)} received`),
			element("span", {}, "seen in ", element("bdi", {}, incident.inputs.join(", "))),
		),
		element("h4", {}, "Evidence, strongest first"),
		evidenceList(strongestFirst(incident.signals)),
		rhythms(flows.slice(0, pictures)),
		scores.length > 2 && [
			element("h4", {}, "Confidence over time"),
			element("figure", { class: "picture" }, confidencePicture({ until: incident.lastSeen, events, flows: scores })),
		],
		contributions(flows[0]),
		element("h4", {}, "Pools"),
		poolTable(`Pools of host ${index + 1}`, incident.pools),
		incident.furtherPools > 0 &&
			element("p", { class: "muted" }, `and ${counted(incident.furtherPools, "further pool")}`),
	);
}

function rhythms(flows: readonly Sighting[]): PageElement[] {
	const drawn = flows.flatMap(({ begin, at, packets, miner, pool }) => {
		const flow = { begin, end: at, packets: packets ? packetRhythm(packets) : [] };
		if (flow.packets.length === 0) return [];
		const ends = `Port ${miner.port} to ${pool.address}, port ${pool.port}. `;
		return [
			element(
				"figure",
				{ class: "picture" },
				rhythmPicture(flow, []),
				element("figcaption", {}, ends + rhythmWords(flow)),
			),
		];
	});
	return drawn.length === 0 ? [] : [element("h4", {}, "Rhythm of the packets"), ...drawn];
}

function contributions(flow: Sighting | undefined): PageElement[] {
	const shape = flow?.explanation.evidence.find((evidence) => evidence.signal === "shape");
	if (shape?.signal !== "shape" || shape.features.length === 0) return [];
	const bars = shape.features.map(({ name, value, effect }) => ({ feature: name, value, effect }));
	return [
		element("h4", {}, `What moved the probability of the first flow above (${shape.probability.toFixed(3)})`),
		element("figure", { class: "picture" }, contributionBars(bars)),
	];
}
