import type { Incident } from "../../incident/incident.ts";
import type { WhatIf } from "../api-types.ts";
import type { DaemonView } from "../daemon-view.ts";
import { TRIED_DAYS, visitRecent } from "../incident-scan.ts";

/** Thresholds tried, from the present one to 1. */
const POINTS = 21;

interface Point {
	readonly threshold: number;
	incidents: number;
	readonly hosts: Set<string>;
	labelledMiners: number;
	labelledOthers: number;
}

/** What the last days would have looked like with a higher threshold for shape. */
export async function whatIf({ store, sender }: DaemonView, present: number): Promise<WhatIf> {
	const labels = new Map((await store.ask("books", "labels")).map(({ incident, kind }) => [incident, kind]));
	const points = Array.from(
		{ length: POINTS },
		(_, i): Point => ({
			threshold: round(present + ((1 - present) * i) / (POINTS - 1)),
			incidents: 0,
			hosts: new Set(),
			labelledMiners: 0,
			labelledOthers: 0,
		}),
	);
	const { isComplete } = await visitRecent(store, sender.now(), (incidents) => {
		for (const incident of incidents) {
			const highest = highestThreshold(incident);
			const label = labels.get(incident.id);
			for (const point of points) {
				if (point.threshold > highest) break;
				point.incidents++;
				point.hosts.add(incident.host.address);
				if (label === "miner") point.labelledMiners++;
				else if (label === "not-a-miner") point.labelledOthers++;
			}
		}
	});
	return {
		days: TRIED_DAYS,
		present,
		isComplete,
		points: points.map(({ hosts, ...counts }) => ({ ...counts, hosts: hosts.size })),
	};
}

/** Up to which threshold the incident would have been opened: always, if anything but the shape of its flows tells. */
function highestThreshold({ signals, pools }: Incident): number {
	if (signals.some(({ signal }) => signal !== "shape" && signal !== "conversation")) return Infinity;
	return Math.max(0, ...pools.map(({ probability }) => probability ?? 0));
}

function round(threshold: number): number {
	return Math.round(threshold * 1e6) / 1e6;
}
