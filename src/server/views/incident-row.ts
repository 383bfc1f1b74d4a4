import type { Incident, IncidentEvent } from "../../incident/incident.ts";
import { incidentWords, mainPool, strongestFirst } from "../../incident/words.ts";
import type { PastEvent } from "../../store/incident-details.ts";
import type { IncidentRow } from "../api-types.ts";

export function incidentRow(incident: Incident): IncidentRow {
	const { id, host, role, state, confidence, score, opened, lastSeen, closed, flows } = incident;
	const pool = mainPool(incident);
	return {
		id,
		host,
		role,
		state,
		confidence,
		score,
		opened,
		lastSeen,
		...(closed !== undefined && { closed }),
		flows,
		bytes: incident.bytesToPool + incident.bytesToMiner,
		...(pool && {
			pool: {
				key: pool.key,
				address: pool.address,
				port: pool.port,
				...(pool.pool !== undefined && { name: pool.pool }),
				...(pool.coin !== undefined && { coin: pool.coin }),
				...(pool.protocol !== undefined && { protocol: pool.protocol }),
			},
		}),
		furtherPools: Math.max(0, incident.pools.length + incident.furtherPools - 1),
		signals: strongestFirst(incident.signals).map(({ signal }) => signal),
		allowed: incident.allowedBy.length > 0,
		sentence: incidentWords(incident),
	};
}

export function pastEventOf({ kind, sequence, at, words, incident }: IncidentEvent): PastEvent {
	return { incident: incident.id, sequence, at, kind, confidence: incident.confidence, words };
}
