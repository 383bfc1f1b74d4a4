import type { IncidentEvent } from "../incident/incident.ts";

/** The event of a test notification; its addresses and name are those reserved for documentation (RFC 5737, RFC 2606). */
export function testEvent(nowMs: number): IncidentEvent {
	const at = nowMs * 1000;
	const traffic = { flows: 1, packets: 20, bytesToPool: 1500, bytesToMiner: 3000 };
	return {
		kind: "opened",
		sequence: 1,
		at,
		words: "This message tests the receiver; nothing was detected.",
		incident: {
			id: `test-${nowMs}`,
			sequence: 1,
			host: { address: "192.0.2.1" },
			role: "miner",
			state: "open",
			confidence: "confirmed",
			score: 1,
			opened: at,
			lastSeen: at,
			...traffic,
			pools: [
				{
					key: "pool.example",
					address: "198.51.100.1",
					port: 3333,
					serverName: "pool.example",
					firstSeen: at,
					lastSeen: at,
					...traffic,
					protocol: "stratum",
					coin: "Monero",
					clientPorts: 1,
					signals: [],
					slicesJudged: 0,
					slicesAgreeing: 0,
					outcome: "unknown",
				},
			],
			furtherPools: 0,
			signals: [],
			inputs: ["test"],
			allowedBy: [],
		},
	};
}
