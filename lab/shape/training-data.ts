import { addNewCaptures, addServiceFlows } from "./captured-flows.ts";
import type { Corpus } from "./corpus.ts";
import { simulateCorpus } from "./corpus.ts";
import { Examples } from "./examples.ts";
import type { Recipe } from "./leave-one-out.ts";
import { addRealFlows } from "./real-flows.ts";

/**
 * The training data of a model of the recipe: all real examples, and one draw of laboratory data for each averaged
 * model. Each set, from 1 on, has other draws.
 */
export async function trainingExamples({ draws, conversations }: Recipe, set = 1): Promise<Examples> {
	const examples = new Examples();
	const all = Array.from({ length: draws }, (_, k) => (set - 1) * draws + k + 1);
	await addRealFlows(examples, all);
	await addNewCaptures(examples);
	await addServiceFlows(examples);
	for (const draw of all) addSimulatedFlows(examples, conversations, draw);
	return examples;
}

/** Simulated miners and simulated ordinary traffic, with the given number of conversations of each. */
function addSimulatedFlows(examples: Examples, conversations: number, draw: number): void {
	for (const label of ["Miner", "Other"] as const) {
		const corpus = simulateCorpus({ label, conversations, seed: 2 * draw + (label === "Miner" ? 0 : 1) });
		addCorpus(examples, corpus, label, draw);
	}
}

function addCorpus(examples: Examples, corpus: Corpus, label: "Miner" | "Other", draw: number): void {
	const { flows, kinds, conversations, encrypted } = corpus;
	examples.add(flows, (i) => {
		const connection = `laboratory ${draw} ${label} ${conversations[i]}`;
		return {
			isMiner: label === "Miner",
			origin: "simulated",
			source: "laboratory",
			connection,
			pair: connection,
			host: connection,
			isEncrypted: encrypted[i]!,
			kind: kinds[i]!,
			begins: 0,
			draw,
		};
	});
}
