import { z } from "@hono/zod-openapi";
import { countSchema, timeSchema } from "./common.ts";

export const healthSchema = z
	.object({
		state: z.enum(["ok", "degraded", "failed"]),
		reason: z.string().optional(),
	})
	.openapi("Health");

/** A number broken down by name: drops by place, malformed records by reason. */
const breakdownSchema = z.record(z.string(), z.number()).readonly();

export const inputStatusSchema = z
	.object({
		name: z.string(),
		kind: z.string().openapi({ description: "live, ipfix, follow, nemea …" }),
		health: healthSchema,
		flows: countSchema,
		packets: countSchema.optional().openapi({ description: "Absent where the input brings no packets" }),
		bytes: countSchema,
		flowsPerSecond: z.number().openapi({ description: "Over the last minute" }),
		bitsPerSecond: z.number(),
		drops: breakdownSchema.openapi({ description: "By place" }),
		malformed: breakdownSchema.openapi({ description: "By reason" }),
		lag: z.number().optional().openapi({ description: "Seconds that the input is behind the clock" }),
		restarts: countSchema,
	})
	.openapi("InputStatus");

export const pipelineStatusSchema = z
	.object({
		input: z.string(),
		thread: z.number().int(),
		flows: countSchema,
		miners: countSchema,
		utilisation: z.number().openapi({ description: "0 … 1" }),
		health: healthSchema,
	})
	.openapi("PipelineStatus");

export const receiverStatusSchema = z
	.object({
		name: z.string(),
		kind: z.string().openapi({ description: "syslog, http, mail, file …" }),
		format: z.string().optional(),
		health: healthSchema,
		delivered: countSchema,
		failures: countSchema,
		dropped: countSchema,
		expired: countSchema,
		waiting: countSchema,
		oldest: timeSchema.optional().openapi({ description: "When the oldest waiting notification came" }),
	})
	.openapi("ReceiverStatus");

export const reloadSchema = z
	.object({
		at: timeSchema,
		ok: z.boolean(),
		words: z.string().openapi({ description: "What changed, or why the file was refused" }),
	})
	.openapi("Reload");

export const daemonStatusSchema = z
	.object({
		version: z.string(),
		started: timeSchema,
		inputs: z.array(inputStatusSchema).readonly(),
		pipelines: z.array(pipelineStatusSchema).readonly(),
		receivers: z.array(receiverStatusSchema).readonly(),
		memory: z.object({ resident: countSchema, heap: countSchema }).openapi({ description: "Bytes" }),
		eventLoopDelay: z.object({ mean: z.number(), p99: z.number() }).openapi({ description: "Milliseconds" }),
		versions: z.record(z.string(), z.string()).readonly().openapi({ description: "Node.js, SQLite, lists, model …" }),
		reload: reloadSchema.optional().openapi({ description: "The last one" }),
		configuration: z.object({
			file: z.string().optional(),
			text: z.string().openapi({ description: "YAML; secrets are hidden" }),
		}),
		problems: z.array(z.string()).readonly().openapi({ description: "What needs attention, one sentence each" }),
	})
	.openapi("DaemonStatus");

export const storeStatusSchema = z
	.object({
		path: z.string(),
		health: healthSchema,
		bytes: countSchema,
		incidents: countSchema,
		written: countSchema,
		queued: countSchema,
		dropped: countSchema,
		deleted: countSchema,
		waiting: countSchema,
	})
	.openapi("StoreStatus");

export const systemSchema = daemonStatusSchema.extend({ store: storeStatusSchema }).openapi("System");

export const receiverTestSchema = z
	.object({
		results: z.array(z.object({ receiver: z.string(), delivered: z.boolean(), reason: z.string().optional() })),
	})
	.openapi("ReceiverTest");

export const auditSchema = z
	.object({
		records: z
			.array(
				z.object({ at: timeSchema, actor: z.string(), action: z.string(), subject: z.string(), detail: z.string() }),
			)
			.openapi({ description: "Newest first" }),
	})
	.openapi("AuditTrail");
