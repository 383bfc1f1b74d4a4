import type { IncidentRow } from "../../src/server/api-types.ts";

/** What to do about a running incident, in a few words; the incident's page has the full advice. */
export function nextStep({ confidence, role }: Pick<IncidentRow, "confidence" | "role">): string {
	if (role === "pool") return "Stop the pool on this host, or allow it.";
	if (role === "proxy") return "Stop the proxy and find the hosts behind it, or allow it.";
	switch (confidence) {
		case "confirmed":
			return "Stop the miner on this host, or allow it.";
		case "probable":
			return "Look at the evidence, then at the host.";
		case "suspected":
			return "Wait for more flows, or look at the host.";
	}
}
