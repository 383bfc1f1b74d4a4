import { SIGNAL_NAMES } from "../../src/report/page/evidence-list.ts";
import type { IncidentRow } from "../../src/server/api-types.ts";

/** The signals that speak for mining, strongest first. */
export function Signals({ of }: { readonly of: IncidentRow["signals"] }) {
	return <span class="signals">{of.map((signal) => SIGNAL_NAMES[signal]).join(", ")}</span>;
}
