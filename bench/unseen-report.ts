import { markdownTable } from "../lab/markdown-table.ts";
import { chooseThreshold } from "../lab/shape/calibration.ts";
import { drawsOf, type Example, type Examples } from "../lab/shape/examples.ts";
import { FOLDS, foldOf, judge, type Recipe, type Unseen } from "../lab/shape/leave-one-out.ts";
import { disguisedMiners } from "../lab/shape/real-flows.ts";
import { clopperPearson } from "../src/evaluate/interval.ts";
import type { Model } from "../src/forest/model.ts";

const ORIGINAL_THRESHOLD = 0.99;

/** What the models of the folds say of the sources that they have not seen, beside the original's model. */
export class UnseenReport {
	readonly #all: readonly Example[];
	readonly #scores: Float64Array;
	readonly #models: Unseen["models"];
	readonly #featureNames: readonly string[];
	/** The threshold of each fold, chosen on the other folds. */
	readonly #thresholds: readonly number[];
	readonly #originals: Float64Array;

	constructor(examples: Examples, { models, scores }: Unseen, recipe: Recipe, original: Model) {
		const { all } = examples;
		this.#all = all;
		this.#scores = scores;
		this.#models = models;
		this.#featureNames = recipe.featureNames;
		this.#originals = judge(examples, Uint32Array.from(all.keys()), original.ensemble, original.featureNames);
		this.#thresholds = Array.from({ length: FOLDS }, (_, fold) => this.#thresholdOf(fold));
	}

	/** The threshold of a fold, from what was said of the real ordinary flows and services of the other folds. */
	#thresholdOf(fold: number): number {
		const all = this.#all;
		const scoresOf = (origin: Example["origin"]) =>
			[...all.keys()]
				.filter((row) => !all[row]!.isMiner && all[row]!.origin === origin && foldOf(all[row]!) !== fold)
				.map((row) => this.#scores[row]!);
		return chooseThreshold(scoresOf("real"), scoresOf("service"));
	}

	readonly #isFound = (row: number): boolean => {
		return this.#scores[row]! > this.#thresholds[foldOf(this.#all[row]!)]!;
	};

	reportMiners(): void {
		const all = this.#all;
		const [firstDraw] = drawsOf(all);
		const lines: string[][] = [["miners of unseen sources", "flows", "found", "connections found", "original"]];
		const miners = [...all.keys()].filter((row) => all[row]!.isMiner && all[row]!.origin !== "simulated");
		for (const [source, rows] of Map.groupBy(miners, (row) => all[row]!.source)) {
			const kinds = new Set(
				rows
					.map((row) => all[row]!)
					.filter(isLabelled)
					.map(({ kind }) => kind),
			);
			const ofKinds = [...kinds]
				.sort()
				.map((name) => ({ name, holds: (example: Example) => isLabelled(example) && example.kind === name }));
			for (const { name, holds } of [...partsOf(firstDraw!), ...(kinds.size > 1 ? ofKinds : [])]) {
				const part = rows.filter((row) => holds(all[row]!));
				if (part.length === 0) continue;
				const theirs = part.filter((row) => this.#originals[row]! > ORIGINAL_THRESHOLD).length;
				const connections = [...Map.groupBy(part, (row) => all[row]!.connection).values()];
				lines.push([
					`${source}, ${name}`,
					String(part.length),
					share(part.filter(this.#isFound).length, part.length),
					share(connections.filter((rows) => rows.some(this.#isFound)).length, connections.length),
					(theirs / part.length).toFixed(3),
				]);
			}
		}
		console.log(`\n${markdownTable(lines).join("\n")}\n`);
	}

	/** False positives by flow, pair and host; of the real ordinary sources and of each service. */
	reportOthers(): void {
		const all = this.#all;
		for (const origin of ["real", "service"] as const) {
			const rows = [...all.keys()].filter((row) => !all[row]!.isMiner && all[row]!.origin === origin);
			if (rows.length === 0) continue;
			const lines = [[`ordinary, ${origin}`, "flows", "pairs", "client hosts", "original, flows"]];
			const line = (name: string, part: readonly number[]) => {
				const groups = (key: "pair" | "host") => {
					const groups = [...Map.groupBy(part, (row) => all[row]![key]).values()];
					return ofAll(groups.filter((group) => group.some(this.#isFound)).length, groups.length);
				};
				const theirs = part.filter((row) => this.#originals[row]! > ORIGINAL_THRESHOLD).length;
				lines.push([
					name,
					ofAll(part.filter(this.#isFound).length, part.length),
					groups("pair"),
					groups("host"),
					ofAll(theirs, part.length),
				]);
			};
			for (const [source, part] of [...Map.groupBy(rows, (row) => all[row]!.source)].sort()) line(source, part);
			line("all", rows);
			console.log(`\n${markdownTable(lines).join("\n")}`);
			const found = rows.filter(this.#isFound).length;
			const { low, high } = clopperPearson(found, rows.length);
			console.log(`\n  rate ${low.toExponential(1)} … ${high.toExponential(1)} at 95 %`);
			for (const row of rows.filter(this.#isFound))
				console.log(
					`  ${this.#scores[row]!.toFixed(4)} ${all[row]!.source}, ${all[row]!.kind}${all[row]!.isEncrypted ? ", TLS" : ""}`,
				);
		}
	}

	/** The real plaintext miners inside TLS, disguised, each by the model that has not seen its source. */
	async reportDisguises(seed: number): Promise<void> {
		const lines = [["real miners of unseen sources, disguised", "flows", "found", "connections found"]];
		for (const [name, disguised] of await disguisedMiners(seed)) {
			const found = new Map<string, boolean[]>();
			for (let fold = 0; fold < FOLDS; fold++) {
				const rows = disguised.where((example) => foldOf(example) === fold);
				const judged = judge(disguised, rows, this.#models[fold]!, this.#featureNames);
				for (let i = 0; i < rows.length; i++) {
					const { connection } = disguised.all[rows[i]!]!;
					found.set(connection, [...(found.get(connection) ?? []), judged[i]! > this.#thresholds[fold]!]);
				}
			}
			const flows = [...found.values()].flat();
			lines.push([
				name,
				String(flows.length),
				share(flows.filter(Boolean).length, flows.length),
				share([...found.values()].filter((flows) => flows.some(Boolean)).length, found.size),
			]);
		}
		console.log(`\n${markdownTable(lines).join("\n")}\n`);
	}
}

/** The part of the miners that a line of the table is about. */
function partsOf(firstDraw: number): readonly { name: string; holds: (example: Example) => boolean }[] {
	return [
		{ name: "plaintext", holds: (example) => isLabelled(example) && !example.isEncrypted },
		{ name: "TLS", holds: (example) => isLabelled(example) && example.isEncrypted },
		{ name: "put into TLS, some disguised", holds: ({ origin, draw }) => origin === "variant" && draw === firstDraw },
		{ name: "source taken for client by who spoke first", holds: ({ kind }) => kind === "reference exporter" },
	];
}

function isLabelled({ origin, kind }: Example): boolean {
	return origin === "real" && kind !== "reference exporter";
}

function share(found: number, of: number): string {
	const { low, high } = clopperPearson(found, of);
	return `${(found / of).toFixed(3)} (${low.toFixed(3)} … ${high.toFixed(3)})`;
}

function ofAll(count: number, of: number): string {
	return `${count} of ${of}`;
}
