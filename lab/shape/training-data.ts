import type { Corpus } from "./corpus.ts";
import { simulateCorpus } from "./corpus.ts";
import type { Examples } from "./examples.ts";

/** Simulated miners and simulated ordinary traffic, as many conversations of each as given. */
export function addSimulatedFlows(examples: Examples, conversations: number, seed: number): void {
	for (const label of ["Miner", "Other"] as const) {
		const corpus = simulateCorpus({ label, conversations, seed: 2 * seed + (label === "Miner" ? 0 : 1) });
		addCorpus(examples, corpus, label);
	}
}

function addCorpus(examples: Examples, corpus: Corpus, label: "Miner" | "Other"): void {
	const { flows, kinds, conversations, encrypted } = corpus;
	examples.add(flows, (i) => ({
		isMiner: label === "Miner",
		origin: "simulated",
		source: "laboratory",
		connection: `laboratory ${label} ${conversations[i]}`,
		isEncrypted: encrypted[i]!,
		kind: kinds[i]!,
		begins: 0,
	}));
}
