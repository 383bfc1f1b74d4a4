import { createRoute, z } from "@hono/zod-openapi";
import { stream } from "hono/streaming";
import { incidentWords } from "../../incident/words.ts";
import { answers, newRoutes, PROBLEM } from "../answers.ts";
import type { LabelledIncident, ModelView, WhatIf } from "../api-types.ts";
import type { ServerContext } from "../context.ts";
import { Refusal } from "../refusal.ts";
import { modelViewSchema, whatIfSchema } from "../schemas/model.ts";
import { SharedAnswers } from "../shared-answers.ts";
import { labelledFlows, trainable } from "../views/labelled-flows.ts";
import { whatIf } from "../views/what-if.ts";

const tags = ["model"];
const MOST_LABELS = 100;

const readModel = createRoute({
	method: "get",
	path: "/model",
	operationId: "readModel",
	summary: "The model's card and thresholds, and the feedback so far",
	tags,
	responses: answers(modelViewSchema, "The model"),
});

const readWhatIf = createRoute({
	method: "get",
	path: "/model/what-if",
	operationId: "readWhatIf",
	summary: "What the last 30 days would have looked like with a higher threshold",
	tags,
	responses: answers(whatIfSchema, "Counts by threshold"),
});

const exportLabelled = createRoute({
	method: "get",
	path: "/model/labelled-flows",
	operationId: "exportLabelledFlows",
	summary: "The kept flows of labelled incidents, as decrypto train reads them",
	tags,
	responses: {
		200: { description: "NEMEA logger CSV with a LABEL", content: { "text/csv": { schema: z.string() } } },
		default: PROBLEM,
	},
});

export function modelRoutes({ view }: ServerContext) {
	const { store, sender } = view;
	const tried = new SharedAnswers<WhatIf>({ most: 60_000, mostAfterChange: 60_000 }, sender.now);

	return newRoutes()
		.openapi(readModel, async (c) => c.json(await modelView(), 200))
		.openapi(readWhatIf, async (c) => {
			const model = view.model();
			if (model === undefined) throw new Refusal(409, "no-model", "no model is loaded");
			const present = model.thresholds.ml;
			return c.json(await tried.get(String(present), () => whatIf(view, present)), 200);
		})
		.openapi(exportLabelled, (c) => {
			c.header("content-type", "text/csv; charset=utf-8");
			c.header("content-disposition", 'attachment; filename="labelled-flows.csv"');
			return stream(c, async (output) => {
				for await (const rows of labelledFlows(store)) {
					if (output.aborted) return;
					await output.write(rows);
				}
			});
		});

	async function modelView(): Promise<ModelView> {
		const labels = await store.ask("books", "labels");
		const newest = await Promise.all(labels.slice(-MOST_LABELS).reverse().map(labelled));
		const miner = labels.filter(({ kind }) => kind === "miner").length;
		const model = view.model();
		return {
			...(model && { model }),
			feedback: { miner, notAMiner: labels.length - miner, newest: newest.filter((each) => each !== undefined) },
		};
	}

	async function labelled({
		incident: id,
		kind,
		at,
	}: Awaited<ReturnType<typeof labelsOf>>[number]): Promise<LabelledIncident | undefined> {
		const [incident, sightings] = await Promise.all([
			store.ask("details", "incident", id),
			store.ask("details", "sightings", id),
		]);
		if (incident === undefined || kind === "note") return undefined;
		return {
			incident: id,
			label: kind,
			at: at * 1000,
			sentence: incidentWords(incident),
			flows: trainable(sightings).length,
		};
	}

	function labelsOf() {
		return store.ask("books", "labels");
	}
}
