import type { Sighting } from "../src/incident/sighting.ts";
import type { FakeDaemon } from "../src/server/fake-daemon.testing.ts";

/** The begin of the hour before this one: what is stored is recent. */
const BEGIN = Math.floor(Date.now() / 3_600_000) * 3600e6 - 3600e6;

/** Stores incidents of different hosts with the same number of sightings each. */
export async function fillWithIncidents(daemon: FakeDaemon, incidents: number, sightingsEach: number): Promise<void> {
	for (let first = 0; first < incidents; first += 1000) {
		const hosts = Array.from({ length: Math.min(1000, incidents - first) }, (_, i) => first + i);
		await daemon.see(hosts.flatMap((host) => Array.from({ length: sightingsEach }, (_, k) => benchSighting(host, k))));
	}
}

/** Sighting k of a host, at one of 500 pools; a third of the hosts is found by payload. */
export function benchSighting(host: number, k: number): Sighting {
	const pool = host % 500;
	const isStratum = host % 3 === 0;
	const at = BEGIN + (host % 3000) * 1e6 + k * 30e6;
	return {
		at,
		begin: at - 20e6,
		input: "bench",
		miner: { address: `10.${host >> 16}.${(host >> 8) & 255}.${host & 255}`, port: 50_000 + k },
		pool: { address: `198.51.${pool >> 8}.${pool & 255}`, port: 3333 },
		protocol: 6,
		bytesToPool: 1500,
		bytesToMiner: 4000,
		packetsToPool: 10,
		packetsToMiner: 12,
		serverName: `pool${pool}.example`,
		decidedBy: isStratum ? "stratum" : "ml",
		explanation: {
			evidence: isStratum
				? [{ signal: "payload", direction: "reverse", protocol: "monero-stratum", message: "job", excerpt: "{}" }]
				: [{ signal: "shape", probability: 0.9, threshold: 0.8, features: [] }],
			minerIsSource: true,
			...(isStratum && { coin: "Monero", miningProtocol: "monero-stratum" }),
		},
		packets: {
			lengths: Array.from({ length: 30 }, (_, i) => 100 + i),
			directions: Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? 1 : -1)),
			times: Array.from({ length: 30 }, (_, i) => at - 20e6 + i * 600_000),
			flags: Array.from({ length: 30 }, () => 24),
		},
	};
}
