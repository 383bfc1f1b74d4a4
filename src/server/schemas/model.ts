import { z } from "@hono/zod-openapi";
import { countSchema, shareSchema, timeSchema } from "./common.ts";
import { LABELS } from "./incident.ts";

/** Where the model comes from, and what was measured. */
export const modelCardSchema = z
	.object({
		name: z.string(),
		origin: z.string(),
		summary: z.string().optional(),
		parameters: z
			.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
			.readonly()
			.optional(),
		sources: z
			.array(
				z.object({
					name: z.string(),
					licence: z.string(),
					miners: countSchema,
					others: countSchema,
					weight: shareSchema.optional(),
				}),
			)
			.readonly()
			.optional(),
		quality: z
			.array(
				z.object({
					measure: z.string(),
					value: z.number(),
					low: z.number().optional(),
					high: z.number().optional(),
					on: z.string(),
				}),
			)
			.readonly()
			.optional(),
		notes: z.array(z.string()).readonly().optional(),
	})
	.openapi("ModelCard");

export const modelStatusSchema = z
	.object({
		card: modelCardSchema,
		file: z.string().optional(),
		sha256: z.string().optional(),
		loaded: timeSchema,
		trees: countSchema,
		features: z.array(z.object({ name: z.string(), importance: shareSchema })).readonly(),
		thresholds: z.object({
			ml: shareSchema.openapi({ description: "The forest alone decides above it" }),
			dst: shareSchema.openapi({ description: "The combined evidence decides above it" }),
		}),
	})
	.openapi("ModelStatus");

export const labelledIncidentSchema = z.object({
	incident: z.string(),
	label: z.enum(LABELS),
	at: timeSchema,
	sentence: z.string(),
	flows: countSchema.openapi({ description: "Kept flows that an export contains" }),
});

export const modelViewSchema = z
	.object({
		model: modelStatusSchema.optional().openapi({ description: "Absent where no model is loaded" }),
		feedback: z.object({
			miner: countSchema,
			notAMiner: countSchema,
			newest: z.array(labelledIncidentSchema).openapi({ description: "At most 100, newest first" }),
		}),
	})
	.openapi("ModelView");

/**
 * What the last days would have looked like with another threshold for shape. Incidents with other evidence than shape
 * stay. Flows below the present threshold were not stored: lower thresholds cannot be judged.
 */
export const whatIfSchema = z
	.object({
		days: countSchema,
		present: shareSchema.openapi({ description: "The threshold now: the lowest one that can be judged" }),
		isComplete: z.boolean().openapi({ description: "false: older incidents of these days were left out" }),
		points: z.array(
			z.object({
				threshold: shareSchema,
				incidents: countSchema,
				hosts: countSchema,
				labelledMiners: countSchema.openapi({ description: "Of the incidents: labelled miner" }),
				labelledOthers: countSchema.openapi({ description: "Of the incidents: labelled not a miner" }),
			}),
		),
	})
	.openapi("WhatIf");
