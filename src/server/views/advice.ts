import type { Incident } from "../../incident/incident.ts";
import { hostText, mainPool, poolText } from "../../incident/words.ts";

export interface AdviceFacts {
	readonly label?: "miner" | "not-a-miner";
	/** Whether a probe is permitted. */
	readonly mayProbe: boolean;
	/** Other hosts at the same pools. */
	readonly otherHosts: number;
}

/** What an operator should do now, most urgent first. */
export function adviceFor(incident: Incident, { label, mayProbe, otherHosts }: AdviceFacts): string[] {
	if (incident.allowedBy.length > 0) return ["Nothing: an allowlist entry permits it. It is still recorded."];
	if (label === "not-a-miner") {
		return ["It was labelled not a miner: close it, and export the labelled flows for the next training."];
	}
	const pool = mainPool(incident);
	const where = pool === undefined ? "" : ` to ${poolText(pool)}`;
	const steps = [...certainty(incident, where, mayProbe)];
	if (incident.role === "proxy") steps.push("Look for miners behind the host: it forwards their work.");
	if (otherHosts > 0) {
		steps.push(`Compare with ${otherHosts === 1 ? "another host" : `${otherHosts} other hosts`} at the same pool.`);
	}
	steps.push("If the mining is permitted, allow it with a reason, an owner and an end.");
	return steps;
}

function certainty(incident: Incident, where: string, mayProbe: boolean): string[] {
	const host = hostText(incident);
	if (incident.state === "closed") return [`Find out what ran on ${host}: the connections${where} have ended.`];
	if (incident.confidence === "confirmed") {
		return [
			`Find the process on ${host} that is connected${where}, and how it came there.`,
			"Then stop it, or isolate the host.",
		];
	}
	const question = mayProbe ? ["Probe the server: a pool's answer confirms the incident."] : [];
	if (incident.confidence === "probable") return [`Inspect ${host}: which process is connected${where}?`, ...question];
	return [
		"Look at the rhythm of its packets and at the evidence: one sign alone may be wrong.",
		...question,
		"Label it when you know what it is.",
	];
}
