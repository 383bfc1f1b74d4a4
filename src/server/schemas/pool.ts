import { isIP } from "node:net";
import { z } from "@hono/zod-openapi";
import { countSchema, timeSchema } from "./common.ts";

export const poolRowSchema = z
	.object({
		key: z.string().openapi({ description: "The server name, else address:port" }),
		coins: z.array(z.string()),
		hosts: countSchema.openapi({ description: "Hosts that were seen there" }),
		openHosts: countSchema.openapi({ description: "Hosts whose incident is open" }),
		flows: countSchema,
		firstSeen: timeSchema,
		lastSeen: timeSchema,
	})
	.openapi("PoolRow");

export const poolQuerySchema = z.object({
	text: z.string().max(500).optional().openapi({ description: "Part of the key or coin" }),
	limit: z.coerce.number().int().min(1).max(1000).optional(),
	cursor: z.string().max(2000).optional(),
});

export const poolPageSchema = z
	.object({ pools: z.array(poolRowSchema), next: z.string().optional() })
	.openapi("PoolPage");

export const poolDetailSchema = z
	.object({
		pool: poolRowSchema,
		name: z.string().optional().openapi({ description: "The pool's name, where known" }),
		addresses: z.array(z.object({ address: z.string(), port: countSchema, serverName: z.string().optional() })),
		protocols: z.array(z.string()),
		hosts: z
			.array(
				z.object({
					incident: z.string(),
					host: z.string(),
					isOpen: z.boolean(),
					firstSeen: timeSchema,
					lastSeen: timeSchema,
					flows: countSchema,
				}),
			)
			.openapi({ description: "Last seen first, at most 100" }),
	})
	.openapi("PoolDetail");

export const endpointSchema = z
	.strictObject({
		address: z.string().refine((text) => isIP(text) > 0, { error: "expected an IP address" }),
		port: z.number().int().min(1).max(65_535),
		serverName: z.string().max(255).optional(),
	})
	.openapi("ProbeTarget");

/** What a probe will send, to be shown before it is asked for. */
export const probePlanSchema = z
	.object({
		target: endpointSchema,
		steps: z.array(z.object({ words: z.string(), bytes: z.string().openapi({ description: "As text" }) })),
	})
	.openapi("ProbePlan");

export const probeResultSchema = z
	.object({
		target: endpointSchema,
		isPool: z.boolean(),
		words: z.string().openapi({ description: "What was found, in one sentence; may quote network text" }),
		protocol: z.string().optional(),
		latency: z.number().optional().openapi({ description: "Milliseconds" }),
	})
	.openapi("ProbeResult");
