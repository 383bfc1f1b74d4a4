import { markdownTable } from "../lab/markdown-table.ts";
import { EVASIONS, type Evasion, evasionTrials } from "../lab/shape/evasion-trials.ts";
import { clopperPearson } from "../src/evaluate/interval.ts";
import type { Model } from "../src/forest/model.ts";
import { ShapeJudge } from "./shape-judge.ts";

/** Conversations of each script. */
const EACH = 8;
const SEED = 5;
const MINUTES = [1, 2, 5, 10, 15];
const CURVES = new Set(["plaintext", "TLS", "padded to 512 bytes"]);

/**
 * What the shipped model says of byte-level miners that evade it or are seen badly, a second simulator of which it learnt
 * nothing: the share of connections of which a flow is above the threshold by shape alone, within 15 minutes; and for some,
 * how soon.
 */
export function reportEvasions(model: Model): void {
	const judge = new ShapeJudge(model);
	const rows = [["byte-level miners, 15 minutes", "connections", "found"]];
	for (const evasion of EVASIONS) {
		const { found, total } = count(evasion, 15, judge, model);
		const { low, high } = clopperPearson(found, total);
		rows.push([evasion.name, String(total), `${(found / total).toFixed(3)} (${low.toFixed(3)} … ${high.toFixed(3)})`]);
	}
	console.log(`\n${markdownTable(rows).join("\n")}\n`);
	const curves = [["found within … minutes of the connection's begin", ...MINUTES.map(String)]];
	for (const evasion of EVASIONS.filter(({ name }) => CURVES.has(name))) {
		const shares = MINUTES.map((minutes) => {
			const { found, total } = count(evasion, minutes, judge, model);
			return (found / total).toFixed(3);
		});
		curves.push([evasion.name, ...shares]);
	}
	console.log(`${markdownTable(curves).join("\n")}\n`);
}

function count(evasion: Evasion, minutes: number, judge: ShapeJudge, model: Model) {
	let found = 0;
	let total = 0;
	for (const { flows } of evasionTrials(evasion, EACH, minutes * 60, SEED)) {
		total++;
		if (judge.highest([flows]) > model.thresholds!.ml) found++;
	}
	return { found, total };
}
