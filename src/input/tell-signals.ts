import type { FlowSource } from "../flow/flow-source.ts";
import type { InputKind } from "./input-kind.ts";
import type { Signal } from "./input-options.ts";

const WORDS: Readonly<Record<Signal, string>> = {
	payload: "payload",
	"server-name": "server names",
	"resolved-name": "names resolved by clients",
	"foreign-alert": "alerts of the sensor",
	shape: "packet lists",
	label: "labels",
};

/** What every flow has: its ends, for pool lists. */
const ALWAYS = "pool lists";

/** Warns where the kind of input cannot carry what flows are judged by best: payload, or packet lists for shape. */
export function tellSignals({ name, counters }: FlowSource, { name: kind, signals }: InputKind): void {
	const missing = (["payload", "shape"] as const).filter((signal) => !signals.includes(signal));
	if (missing.length === 0) return;
	const present = signals.filter((signal) => signal !== "label").map((signal) => WORDS[signal]);
	const lacking = missing.map((signal) => WORDS[signal]).join(" and no ");
	counters.warnings.push(
		`${name}: its kind (${kind}) has no ${lacking}: flows are judged by ${[...present, ALWAYS].join(", ")} (docs/inputs.md)`,
	);
}
