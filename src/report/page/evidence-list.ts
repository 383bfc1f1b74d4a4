import type { IncidentSignal, SignalOfIncident } from "../../incident/incident.ts";
import { counted } from "../quantities.ts";
import { element, type PageElement } from "./element.ts";

/** What signals are called on pages; their identifiers are the same everywhere else. */
export const SIGNAL_NAMES: Readonly<Record<IncidentSignal, string>> = {
	payload: "Payload",
	"server-name": "Server name",
	"pool-list": "Pool list",
	shape: "Traffic shape",
	conversation: "Conversation",
	"block-times": "Block times",
	dns: "DNS",
	probe: "Probe",
	"foreign-alert": "Other sensor",
};

/** The evidence of an incident in words. The caller orders it: strongest first. */
export function evidenceList(evidence: readonly SignalOfIncident[]): PageElement {
	return element(
		"ol",
		{ class: "evidence" },
		evidence.map(({ signal, words, mass, flows }) =>
			element(
				"li",
				{},
				element("span", { class: "signal" }, SIGNAL_NAMES[signal]),
				element("span", { class: "words" }, element("bdi", {}, sentence(words))),
				element(
					"span",
					{ class: "strength" },
					element(
						"svg",
						{ viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" },
						element("rect", { width: Math.round(100 * mass), height: 6 }),
					),
					`weight ${mass.toFixed(2)}, in ${counted(flows, "flow")}`,
				),
			),
		),
	);
}

/** Words of evidence begin in lower case because they continue a sentence; alone they are one. */
export function sentence(words: string): string {
	return words.charAt(0).toUpperCase() + words.slice(1);
}
