import { markdownTable } from "../lab/markdown-table.ts";
import { meteredConversations } from "../lab/metered-conversations.ts";
import { clopperPearson } from "../src/evaluate/interval.ts";
import type { Model } from "../src/forest/model.ts";
import { ShapeJudge } from "./shape-judge.ts";

/** Conversations of each script, in plain text and again inside TLS. */
const EACH = 12;
const SEED = 1;

/**
 * What the shipped model says of the byte-level laboratory, through the real meter: a second simulator, of which it
 * learnt nothing. A conversation counts as found where one of its flows is above the threshold by shape alone.
 */
export async function reportMeteredLook(model: Model): Promise<void> {
	const judge = new ShapeJudge(model);
	const found = new Map<string, Cells>();
	for await (const conversation of meteredConversations(EACH, SEED)) {
		const { script, isMiner, isEncrypted } = conversation;
		const cells = found.get(script) ?? { isMiner, plain: { found: 0, all: 0 }, sealed: { found: 0, all: 0 } };
		found.set(script, cells);
		const cell = isEncrypted ? cells.sealed : cells.plain;
		cell.all++;
		if (judge.highest(conversation.flows) > model.thresholds!.ml) cell.found++;
	}
	for (const isMiner of [true, false]) {
		const rows = [...found].filter(([, cells]) => cells.isMiner === isMiner);
		const text = ({ found, all }: Cell) => (all === 0 ? "" : `${found} of ${all}`);
		const head = [isMiner ? "byte-level miners" : "byte-level ordinary traffic", "plaintext", "TLS"];
		const lines = rows.map(([script, { plain, sealed }]) => [script, text(plain), text(sealed)]);
		console.log(`\n${markdownTable([head, ...lines]).join("\n")}\n`);
		const cells = rows.flatMap(([, { plain, sealed }]) => [plain, sealed]);
		const total = cells.reduce((sum, cell) => ({ found: sum.found + cell.found, all: sum.all + cell.all }));
		const { low, high } = clopperPearson(total.found, total.all);
		console.log(
			`  ${isMiner ? "miners found" : "ordinary conversations called mining"}: ${total.found} of ${total.all} (${low.toFixed(3)} … ${high.toFixed(3)})`,
		);
	}
}

interface Cell {
	found: number;
	all: number;
}

interface Cells {
	readonly isMiner: boolean;
	readonly plain: Cell;
	readonly sealed: Cell;
}
