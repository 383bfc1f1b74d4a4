import { CONFIDENCES } from "../../incident/incident.ts";
import { hostText, incidentWords, mainPool, poolText } from "../../incident/words.ts";
import { BASE_STYLE } from "../page/base-style.ts";
import { confidenceBadge } from "../page/confidence-badge.ts";
import { element, markupOf, type PageElement } from "../page/element.ts";
import { scrolled } from "../page/scrolled.ts";
import { minuteText } from "../page/time-text.ts";
import { DESIGN_TOKENS } from "../page/tokens.ts";
import { counted, grouped } from "../quantities.ts";
import { hostSection } from "./host-section.ts";
import { howItWasJudged, inputsTable, whatWasNotJudged } from "./judgement-sections.ts";
import type { ReportContents, ReportedHost } from "./report-contents.ts";
import { REPORT_STYLE } from "./report-style.ts";

/** Pictures of flows for each host: fewer where there are many hosts, so that 100 hosts stay below 2 MB. */
const PICTURES = { few: 3, many: 1, manyHosts: 20 };

/** Nothing is fetched and no script runs, whatever a browser finds in the file. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** The report as one HTML file that needs nothing else. All text of the network is escaped. */
export function reportDocument(contents: ReportContents): string {
	const { hosts, origin, made, furtherIncidents } = contents;
	const pictures = hosts.length > PICTURES.manyHosts ? PICTURES.many : PICTURES.few;
	const title = headline(hosts);
	const body = [
		element(
			"header",
			{ class: "report" },
			element("h1", {}, title),
			element("p", { class: "muted" }, subtitle(contents)),
		),
		hosts.length > 0 && section("Hosts", hostTable(hosts)),
		furtherIncidents > 0 &&
			element("p", {}, `${counted(furtherIncidents, "further incident")}, less certain, without a section here.`),
		hosts.length > 0 && section("Evidence", ...hosts.map((host, k) => hostSection(host, k, pictures))),
		section("What could not be judged", whatWasNotJudged(contents)),
		section("How it was judged", howItWasJudged(contents)),
		section("Inputs", inputsTable(contents.inputs)),
	];
	const footer = element(
		"footer",
		{},
		`Made by DeCrypto ${origin.version} on ${minuteText(made * 1000)} UTC. All times are UTC.`,
	);
	const head = element(
		"head",
		{},
		element("meta", { charset: "utf-8" }),
		element("meta", { "http-equiv": "Content-Security-Policy", content: POLICY }),
		element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
		element("meta", { name: "color-scheme", content: "light dark" }),
		element("title", {}, `${title} · DeCrypto`),
	);
	// Style is ours and must not be escaped: quotes and `>` mean something in CSS.
	const markup = markupOf(
		element("html", { lang: "en" }, head, element("body", {}, element("main", {}, body), footer)),
	);
	return `<!doctype html>\n${markup.replace("</head>", `<style>\n${DESIGN_TOKENS}${BASE_STYLE}${REPORT_STYLE}</style></head>`)}\n`;
}

function section(title: string, ...children: readonly (PageElement | readonly PageElement[])[]): PageElement {
	return element("section", {}, element("h2", {}, title), ...children);
}

function headline(hosts: readonly ReportedHost[]): string {
	const addresses = new Set(hosts.map(({ incident }) => hostText(incident)));
	if (addresses.size === 0) return "No cryptomining was found";
	return `${counted(addresses.size, "host mines", "hosts mine")} cryptocurrency`;
}

function subtitle({ hosts, totals, inputs }: ReportContents): string {
	const by = CONFIDENCES.toReversed()
		.map(
			(confidence) => [hosts.filter(({ incident }) => incident.confidence === confidence).length, confidence] as const,
		)
		.filter(([count]) => count > 0)
		.map(([count, confidence]) => `${count} ${confidence}`);
	const packets = totals.packets > 0 ? [counted(totals.packets, "packet")] : [];
	const seen = [
		counted(inputs.length, "input"),
		...packets,
		counted(totals.flows, "flow"),
		`${grouped(totals.miner_flows)} of them of miners`,
	];
	return [...(by.length > 0 ? [by.join(", ")] : []), ...seen].join(" · ");
}

/** One line for each incident, which leads to its evidence. */
function hostTable(hosts: readonly ReportedHost[]): PageElement {
	return scrolled(
		"Hosts",
		element(
			"table",
			{},
			element(
				"thead",
				{},
				element(
					"tr",
					{},
					["host", "confidence", "pool", "coin", "from", "until"].map((name) => element("th", { scope: "col" }, name)),
					element("th", { scope: "col", class: "number" }, "flows"),
				),
			),
			element(
				"tbody",
				{},
				hosts.map(({ incident }, k) => {
					const pool = mainPool(incident);
					const more = incident.pools.length + incident.furtherPools - 1;
					return element(
						"tr",
						{},
						element(
							"th",
							{ scope: "row" },
							element(
								"a",
								{ href: `#host-${k + 1}`, title: incidentWords(incident) },
								element("bdi", {}, hostText(incident)),
							),
						),
						element("td", {}, confidenceBadge(incident.confidence)),
						element(
							"td",
							{ class: "network" },
							element("bdi", {}, pool ? poolText(pool) : ""),
							more > 0 && ` and ${more} more`,
						),
						element("td", {}, element("bdi", {}, pool?.coin ?? "")),
						element(
							"td",
							{ class: "time" },
							minuteText(Math.min(incident.opened, ...incident.pools.map(({ firstSeen }) => firstSeen))),
						),
						element("td", { class: "time" }, minuteText(incident.lastSeen)),
						element("td", { class: "number" }, grouped(incident.flows)),
					);
				}),
			),
		),
	);
}
