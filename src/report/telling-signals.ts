import type { Evidence } from "../detect/evidence.ts";

/** The signals that spoke for mining, in the words of the table: `payload`, `server name`, `shape` … */
export function tellingSignals(evidence: readonly Evidence[]): string[] {
	return evidence.filter(speaksForMining).map(({ signal }) => WORDS[signal]);
}

const WORDS: Readonly<Record<Evidence["signal"], string>> = {
	payload: "payload",
	"server-name": "server name",
	dns: "resolved name",
	"foreign-alert": "alert of another sensor",
	"plain-protocol": "other protocol",
	"pool-list": "pool list",
	shape: "shape",
	conversation: "conversation",
	combination: "combination",
	cache: "cache",
	"block-times": "block times",
	probe: "probe",
};

function speaksForMining(evidence: Evidence): boolean {
	switch (evidence.signal) {
		case "payload":
		case "cache":
		case "block-times":
		case "probe":
			return true;
		case "server-name":
		case "dns":
		case "foreign-alert":
		case "pool-list":
			return evidence.mass > 0;
		case "shape":
			return evidence.probability > evidence.threshold;
		case "conversation":
			return evidence.agreeing > 0;
		case "plain-protocol":
		case "combination":
			return false;
	}
}
