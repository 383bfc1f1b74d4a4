import type { BlockTimesEvidence, Evidence } from "../detect/evidence.ts";
import type { Incident, PoolOfIncident, SignalOfIncident } from "./incident.ts";

const LONGEST_QUOTE = 255;

/** Text from the network as it may stand in a sentence: without control, format and line characters, and bounded. */
export function quoted(text: string): string {
	const clean = text.slice(0, 4 * LONGEST_QUOTE).replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, "\ufffd");
	return clean.length <= LONGEST_QUOTE ? clean : `${clean.slice(0, LONGEST_QUOTE - 1).toWellFormed()}…`;
}

/** One sentence for one piece of evidence. */
export function evidenceWords(evidence: Evidence): string {
	switch (evidence.signal) {
		case "payload":
			return `the payload speaks ${quoted(evidence.protocol)}: ${quoted(evidence.message)}`;
		case "server-name":
			return evidence.words.length > 0
				? `the server name ${quoted(evidence.name)} contains ${evidence.words.map(quoted).join(", ")}`
				: `the server name is ${quoted(evidence.name)}`;
		case "dns":
			return `the host had resolved the server's address from the name ${quoted(evidence.name)}`;
		case "foreign-alert":
			return `another sensor reported: ${quoted(evidence.signature)}`;
		case "plain-protocol":
			return `the payload plainly speaks ${quoted(evidence.protocol)}`;
		case "pool-list": {
			const pool = evidence.pool === undefined ? "a mining pool" : `the mining pool ${quoted(evidence.pool)}`;
			return `${evidence.address} port ${evidence.port} is listed as ${pool}`;
		}
		case "shape":
			return `sizes and times of the packets look like mining: probability ${evidence.probability.toFixed(3)}`;
		case "conversation":
			return `${evidence.agreeing} of ${evidence.judged} flows between the two hosts look like mining`;
		case "combination":
			return `all signals together: probability ${evidence.pignistic.toFixed(3)}`;
		case "cache":
			return "an earlier flow of the conversation was decided by its server name";
		case "block-times":
			return blockTimesWords(evidence);
		case "probe":
			return `the server answered a probe as a mining pool that speaks ${quoted(evidence.protocol)}`;
	}
}

function blockTimesWords({ coin, with: other, within, blocks, hits, expected }: BlockTimesEvidence): string {
	const what = other === undefined ? `${quoted(coin ?? "")} blocks` : `messages that ${quoted(other)} sent`;
	const chance = expected < 0.05 ? "less than 0.1" : expected.toFixed(1);
	return `the server sent data within ${within.toFixed(within < 2 ? 1 : 0)} s of ${hits} of ${blocks} ${what}; by chance one expects ${chance}`;
}

/**
 * One sentence for one incident: `10.3.7.21 (HPC cluster) has been mining Monero at pool.example:443 since
 * 2026-03-01 09:12 UTC; confirmed`.
 */
export function incidentWords(incident: Incident): string {
	const pool = mainPool(incident);
	const coin = pool?.coin === undefined ? "" : ` ${quoted(pool.coin)}`;
	const others = incident.pools.length + incident.furtherPools - 1;
	const further = others > 0 ? ` and ${others} more` : "";
	const at = pool === undefined ? "" : ` at ${poolText(pool)}${further}`;
	const since = minuteText(Math.min(incident.opened, ...incident.pools.map(({ firstSeen }) => firstSeen)));
	const isOpen = incident.state === "open";
	const verb = isOpen ? PRESENT[incident.role] : PAST[incident.role];
	const time = isOpen ? `since ${since}` : `from ${since} to ${minuteText(incident.lastSeen)}`;
	return `${hostText(incident)} ${verb}${coin}${at} ${time}; ${incident.confidence}`;
}

/** The address, with domain and network name where known. */
export function hostText({ host }: Incident): string {
	const notes = [host.network, host.domain].filter((note) => note !== undefined).map(quoted);
	return notes.length === 0 ? host.address : `${host.address} (${notes.join(", ")})`;
}

export function poolText({ serverName, address, port }: PoolOfIncident): string {
	if (serverName !== undefined) return `${quoted(serverName)}:${port}`;
	return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The pool with the strongest signal; of equal ones the one with the most flows. */
export function mainPool({ pools }: Incident): PoolOfIncident | undefined {
	const strength = ({ signals }: PoolOfIncident) => Math.max(0, ...signals.map(({ mass }) => mass));
	return pools.toSorted((a, b) => strength(b) - strength(a) || b.flows - a.flows)[0];
}

/** The signals, strongest first. */
export function strongestFirst(signals: readonly SignalOfIncident[]): SignalOfIncident[] {
	return signals.toSorted((a, b) => b.mass - a.mass || b.flows - a.flows || (a.signal < b.signal ? -1 : 1));
}

const PRESENT = {
	miner: "has been mining",
	proxy: "has been forwarding miners that mine",
	pool: "has been serving miners",
} as const;
const PAST = { miner: "mined", proxy: "forwarded miners that mined", pool: "served miners" } as const;

function minuteText(microseconds: number): string {
	const milliseconds = Math.min(Math.max(Math.floor(microseconds / 1000), 0), 253_402_300_799_999);
	return `${new Date(milliseconds).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
