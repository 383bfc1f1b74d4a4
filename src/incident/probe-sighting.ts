import type { ProbeEvidence } from "../detect/evidence.ts";
import type { Host } from "./incident.ts";
import type { Sighting } from "./sighting.ts";

/** The signal that decides a sighting by a probe. */
export const DECIDED_BY_PROBE = "probe";

/** What a probe proved of the server of an incident. */
export interface ProvenServer {
	readonly address: string;
	readonly port: number;
	readonly tls: boolean;
	readonly protocol: string;
	readonly coin?: string;
}

/**
 * A probe's proof as a sighting of the incident's host and server; it adds no flow. `at`: microseconds of flow time, that of
 * the incident's last sighting or later. `serverName` is that of the incident's pool.
 */
export function probeSighting(host: Host, server: ProvenServer, at: number, serverName?: string): Sighting {
	const { address, port, tls, protocol, coin } = server;
	const evidence: ProbeEvidence = {
		signal: "probe",
		address,
		port,
		tls,
		protocol,
		...(coin !== undefined && { coin }),
	};
	return {
		at,
		begin: at,
		input: "probe",
		...(host.domain !== undefined && { domain: host.domain }),
		miner: { address: host.address, port: 0 },
		pool: { address, port },
		protocol: 6,
		bytesToPool: 0,
		bytesToMiner: 0,
		packetsToPool: 0,
		packetsToMiner: 0,
		...(serverName !== undefined && { serverName }),
		decidedBy: DECIDED_BY_PROBE,
		explanation: {
			evidence: [evidence],
			miningProtocol: protocol,
			...(coin !== undefined && { coin }),
			minerIsSource: true,
		},
	};
}
