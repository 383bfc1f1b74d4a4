import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { replaceFile } from "../bytes/output-file.ts";
import { printText } from "../bytes/standard-output.ts";
import { describeModel } from "../forest/describe-model.ts";
import { saveModel } from "../forest/file/model-file.ts";
import { openModel } from "../forest/open-model.ts";
import { byteSize, counted } from "../report/quantities.ts";
import { modelText } from "./model-text.ts";

const WIDTH = 200;

export function modelCommand(): Command {
	return new Command("model")
		.description("Shows what a model is made of, or turns one into a model file of ours.")
		.addCommand(
			new Command("inspect")
				.description("Print a model's trees, thresholds, features with their importances, and card.")
				.argument("<file>", "a model file of ours, or a scikit-learn pickle of a forest (nothing in it is executed)")
				.addOption(new Option("--format <format>", "how").choices(["text", "json"]).default("text"))
				.action(inspectAction),
		)
		.addCommand(
			new Command("convert")
				.description(
					"Write a model as a model file of ours: smaller, quicker to load, the same probabilities bit by bit.",
				)
				.argument("<in>", "a scikit-learn pickle, or a model file of ours")
				.argument("<out>", "the model file to write")
				.action(convertAction),
		);
}

async function inspectAction(path: string, { format }: { format: "text" | "json" }): Promise<void> {
	const description = describeModel(openModel(path));
	if (format === "json") await printText(`${JSON.stringify(description, null, "\t")}\n`);
	else await printText(modelText(description, process.stdout.columns ?? WIDTH));
}

function convertAction(from: string, to: string): void {
	const model = openModel(from);
	const bytes = saveModel(model);
	replaceFile(to, bytes);
	const before = byteSize(readFileSync(from).length);
	const { roots, feature } = model.ensemble;
	console.log(
		`${to}: ${counted(roots.length - 1, "tree")}, ${counted(feature.length, "node")}, ${byteSize(bytes.length)} (${from}: ${before})`,
	);
}
