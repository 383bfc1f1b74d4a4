import { stagesInWords } from "../src/forest/cascade.ts";
import type { CardFigure, Model } from "../src/forest/model.ts";
import { markdownTable } from "./markdown-table.ts";

/** `models/README.md`: the default model's card for people, from the card in the model. */
export function modelReadme({ card, featureNames, thresholds, reliability, ensemble }: Model): string {
	const parameter = (name: string) => String(card.parameters?.[name]);
	const facts: readonly (readonly string[])[] = [
		["", ""],
		[
			"made by",
			"`node lab/train-default-model.ts` (needs the reference flows and captures of the service laboratory; same data, same file)",
		],
		[
			"learner",
			`gradient-boosted trees, mean of ${parameter("draws")}, each of a draw of the laboratory of its own: ${ensemble.roots.length - 1} trees of at most ${parameter("maxLeaves")} leaves, rate ${parameter("learningRate")}, share of the features a tree ${parameter("featureShare")}, of the connections ${parameter("groupShare")}`,
		],
		["rejected early", stagesInWords(ensemble.stages)],
		["features", `the ${featureNames.length} of \`src/detect/rhythm-features.ts\``],
		[
			"threshold `-t`",
			`${thresholds?.ml}: the lowest above which are at most 1 in 1,000 real ordinary flows and 1 in 20 flows of the service laboratory, each judged by a model that had not seen its source`,
		],
		["false positives", (card.quality ?? []).map(figureInWords).join("; ")],
		[
			"threshold `-d`",
			`${thresholds?.dst}: the score of a flow nearer to mining than 99 % of those real flows, with one telling word in its server name`,
		],
		[
			"reliability",
			`${reliability}: share of the unseen real ordinary flows with a probability below one half, every fold counted alike`,
		],
	];
	const sources = (card.sources ?? []).map(({ name, licence, miners, others, weight = 0 }) => [
		name,
		licence,
		String(miners),
		String(others),
		`${(100 * weight).toFixed(1)} %`,
	]);
	return `# The default model

\`default.model\` recognises mining by the rhythm of a flow: who breaks a silence, how alike the messages are, what comes
back how fast, how long nothing is said. It reads no payload, port, address or date. \`decrypto train\` and
\`lab/train-default-model.ts\` make such files; the latter writes this page from the card that stands in the file.

${markdownTable(facts).join("\n")}

## Trained on

${markdownTable([["source", "licence", "miner flows", "ordinary flows", "weight"], ...sources]).join("\n")}

Each of the averaged models has learnt from all real flows, from those of the service laboratory (\`lab/services\`), and from
a draw of what the laboratory makes: scripted conversations, real flows in plain text once more inside TLS, some of them
disguised (\`lab/shape/tls-variant.ts\`), and relatives of the real ones: other phases, paces and lengths
(\`lab/shape/altered-flow.ts\`). The weights include what was made of a source's flows. None of the flows is in this
repository.

How well it does, and where it does not: [docs/default-model.md](../docs/default-model.md).
`;
}

function figureInWords({ value, low, high, on }: CardFigure): string {
	const rate = (share: number | undefined) => (share ?? 0).toExponential(1);
	return `${rate(value)} (${rate(low)} … ${rate(high)}) of ${on}`;
}
