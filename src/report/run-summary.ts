import { counted, duration, grouped } from "./quantities.ts";
import type { Totals } from "./totals.ts";

/** The figures of a run, one text each: `3 captures`, `42 packets` … */
export function runFigures(totals: Totals): string[] {
	const { inputs, packets, flows, miner_flows, seconds } = totals;
	const rate = packets > 0 ? `${grouped(packets / seconds)} packets/s` : `${grouped(flows / seconds)} flows/s`;
	return [
		counted(inputs, packets > 0 ? "capture" : "input"),
		...(packets > 0 ? [counted(packets, "packet")] : []),
		counted(flows, "flow"),
		counted(miner_flows, "miner flow"),
		duration(seconds),
		rate,
	];
}

/** What a reader must know beside them: flows that shape could not judge, and what was skipped. */
export function runRemarks({ malformed, not_judged_by_shape: unjudged }: Totals): string[] {
	const reasons = Object.entries(malformed).map(([reason, times]) => `${reason} (${grouped(times)})`);
	return [
		...(unjudged > 0 ? [`${counted(unjudged, "flow")} not judged by shape; judged by payload, name and list`] : []),
		...(reasons.length > 0 ? [`skipped: ${reasons.join(", ")}`] : []),
	];
}
