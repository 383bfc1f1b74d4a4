import type { PoolOfIncident } from "../../incident/incident.ts";
import { poolText } from "../../incident/words.ts";
import { byteSize, grouped } from "../quantities.ts";
import { element, type PageChild, type PageElement } from "./element.ts";
import { scrolled } from "./scrolled.ts";
import { minuteText } from "./time-text.ts";

const OUTCOMES: Readonly<Record<PoolOfIncident["outcome"], string>> = {
	working: "gives work",
	refused: "refuses",
	unanswered: "does not answer",
	unknown: "",
};

/** The pools of an incident. `link` makes the pool's name a link where there is a page for it. */
export function poolTable(
	label: string,
	pools: readonly PoolOfIncident[],
	link: (pool: PoolOfIncident, text: string) => PageChild = (_, text) => text,
): PageElement {
	const head = ["pool", "address", "protocol", "coin", "software", "answer", "first seen", "last seen"];
	const cells = (pool: PoolOfIncident): PageChild[] => [
		pool.address,
		pool.protocol ?? "",
		pool.coin ?? "",
		pool.software ?? "",
		OUTCOMES[pool.outcome],
	];
	const figures = (pool: PoolOfIncident) => [
		grouped(pool.flows),
		grouped(pool.packets),
		byteSize(pool.bytesToPool),
		byteSize(pool.bytesToMiner),
	];
	return scrolled(
		label,
		element(
			"table",
			{},
			element(
				"thead",
				{},
				element(
					"tr",
					{},
					head.map((name) => element("th", { scope: "col" }, name)),
					["flows", "packets", "sent", "received"].map((name) =>
						element("th", { scope: "col", class: "number" }, name),
					),
				),
			),
			element(
				"tbody",
				{},
				pools.map((pool) =>
					element(
						"tr",
						{},
						element("th", { scope: "row" }, element("bdi", {}, link(pool, pool.pool ?? poolText(pool)))),
						cells(pool).map((cell) =>
							element("td", { class: cell === pool.software && "network" }, element("bdi", {}, cell)),
						),
						[pool.firstSeen, pool.lastSeen].map((at) => element("td", { class: "time" }, minuteText(at))),
						figures(pool).map((figure) => element("td", { class: "number" }, figure)),
					),
				),
			),
		),
	);
}
