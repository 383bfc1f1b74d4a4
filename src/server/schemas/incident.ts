import { z } from "@hono/zod-openapi";
import { CONFIDENCES, EVENT_KINDS } from "../../incident/incident.ts";
import { SORT_KEYS } from "../../store/incident-query.ts";
import { countSchema, enteredText, shareSchema, timeSchema } from "./common.ts";

export const SIGNALS = [
	"payload",
	"server-name",
	"pool-list",
	"shape",
	"conversation",
	"block-times",
	"dns",
	"probe",
	"foreign-alert",
] as const;
export const LABELS = ["miner", "not-a-miner"] as const;

const confidenceSchema = z.enum(CONFIDENCES);

export const hostSchema = z
	.object({
		address: z.string(),
		domain: z.string().optional().openapi({ description: "VLAN or observation domain" }),
		network: z.string().optional().openapi({ description: "Name of the host's network" }),
	})
	.openapi("Host");

export const signalSchema = z
	.object({
		signal: z.enum(SIGNALS),
		flows: countSchema,
		mass: shareSchema.openapi({ description: "The strongest m(miner) of the signal" }),
		words: z.string().openapi({ description: "The strongest evidence in one sentence; may quote network text" }),
	})
	.openapi("Signal");

export const poolOfIncidentSchema = z
	.object({
		key: z.string().openapi({ description: "The server name, else address:port" }),
		address: z.string(),
		port: countSchema,
		serverName: z.string().optional(),
		pool: z.string().optional().openapi({ description: "The pool's name, where known" }),
		firstSeen: timeSchema,
		lastSeen: timeSchema,
		flows: countSchema,
		packets: countSchema,
		bytesToPool: countSchema,
		bytesToMiner: countSchema,
		protocol: z.string().optional(),
		coin: z.string().optional(),
		software: z.string().optional(),
		walletPrefix: z.string().optional(),
		clientPorts: countSchema,
		signals: z.array(signalSchema).readonly(),
		slicesJudged: countSchema,
		slicesAgreeing: countSchema,
		probability: shareSchema.optional(),
		outcome: z.enum(["working", "refused", "unanswered", "unknown"]),
	})
	.openapi("PoolOfIncident");

/** The core type `Incident` as it is. */
export const incidentSchema = z
	.object({
		id: z.string(),
		sequence: countSchema,
		host: hostSchema,
		role: z.enum(["miner", "proxy", "pool"]),
		state: z.enum(["open", "closed"]),
		confidence: confidenceSchema,
		score: shareSchema,
		opened: timeSchema,
		lastSeen: timeSchema,
		closed: timeSchema.optional(),
		flows: countSchema,
		packets: countSchema,
		bytesToPool: countSchema,
		bytesToMiner: countSchema,
		pools: z.array(poolOfIncidentSchema).readonly(),
		furtherPools: countSchema,
		signals: z.array(signalSchema).readonly(),
		inputs: z.array(z.string()).readonly(),
		allowedBy: z.array(z.string()).readonly(),
	})
	.openapi("Incident");

/** One row of a table of incidents: small, whatever the incident. */
export const incidentRowSchema = z
	.object({
		id: z.string(),
		host: hostSchema,
		role: z.enum(["miner", "proxy", "pool"]),
		state: z.enum(["open", "closed"]),
		confidence: confidenceSchema,
		score: shareSchema,
		opened: timeSchema,
		lastSeen: timeSchema,
		closed: timeSchema.optional(),
		flows: countSchema,
		bytes: countSchema,
		pool: z
			.object({
				key: z.string(),
				address: z.string(),
				port: countSchema,
				name: z.string().optional(),
				coin: z.string().optional(),
				protocol: z.string().optional(),
			})
			.optional()
			.openapi({ description: "The pool with the strongest evidence" }),
		furtherPools: countSchema.openapi({ description: "Pools beside that one" }),
		signals: z.array(z.enum(SIGNALS)).openapi({ description: "Strongest first" }),
		allowed: z.boolean(),
		sentence: z.string().openapi({ description: "The incident in one sentence; may quote network text" }),
	})
	.openapi("IncidentRow");

export const pastEventSchema = z
	.object({
		incident: z.string(),
		sequence: countSchema,
		at: timeSchema,
		kind: z.enum(EVENT_KINDS),
		confidence: confidenceSchema,
		words: z.string(),
	})
	.openapi("IncidentEvent");

export const remarkSchema = z
	.object({
		at: timeSchema,
		author: z.string(),
		kind: z.enum([...LABELS, "note"]),
		text: z.string(),
	})
	.openapi("Remark");

export const notificationSchema = z
	.object({
		sequence: countSchema.openapi({ description: "The event that was notified" }),
		receiver: z.string(),
		state: z.enum(["waiting", "settled"]).openapi({
			description: "settled: delivered, or expired undelivered",
		}),
		enqueued: timeSchema,
		attempts: countSchema.openapi({ description: "Failed attempts" }),
	})
	.openapi("IncidentNotification");

/** One measure of a flow that moved the forest's probability. */
export const contributionSchema = z
	.object({
		feature: z.string(),
		value: z.number(),
		effect: z.number().openapi({ description: "Change of the probability" }),
	})
	.openapi("Contribution");

export const incidentDetailSchema = z
	.object({
		incident: incidentSchema,
		sentence: z.string(),
		advice: z.array(z.string()).openapi({ description: "What to do next, most urgent first" }),
		evidence: z.array(signalSchema).openapi({ description: "Strongest first" }),
		contributions: z
			.array(contributionSchema)
			.openapi({ description: "Of the flow with the highest probability; greatest effect first" }),
		events: z.array(pastEventSchema).openapi({ description: "The history, oldest first" }),
		remarks: z.array(remarkSchema),
		label: z.enum(LABELS).optional(),
		notifications: z.array(notificationSchema),
		allowedBy: z
			.array(z.object({ id: z.string(), reason: z.string(), owner: z.string() }))
			.openapi({ description: "The allowlist entries that cover the incident now" }),
		otherHosts: z
			.array(
				z.object({
					pool: z.string(),
					hosts: z.array(
						z.object({ incident: z.string(), host: z.string(), isOpen: z.boolean(), lastSeen: timeSchema }),
					),
				}),
			)
			.openapi({ description: "Other hosts at the same pools, last seen first" }),
	})
	.openapi("IncidentDetail");

/** One flow of an incident. Kept: the strongest and newest, at most about 100. */
export const sightingSchema = z
	.object({
		at: timeSchema.openapi({ description: "End of the flow" }),
		begin: timeSchema,
		input: z.string(),
		miner: z.object({ address: z.string(), port: countSchema }),
		pool: z.object({ address: z.string(), port: countSchema }),
		protocol: countSchema,
		isEarly: z.boolean().openapi({ description: "Reported before the flow's end" }),
		bytesToPool: countSchema,
		bytesToMiner: countSchema,
		packetsToPool: countSchema,
		packetsToMiner: countSchema,
		serverName: z.string().optional(),
		decidedBy: z.string(),
		probability: shareSchema.optional(),
		score: shareSchema.optional(),
		evidence: z.array(z.object({ signal: z.string(), words: z.string() })),
		outcome: z.enum(["working", "refused", "unanswered", "unknown"]).optional(),
		listedPackets: countSchema.openapi({ description: "Packets that the rhythm picture can show" }),
	})
	.openapi("Sighting");

export const sightingsSchema = z.object({ sightings: z.array(sightingSchema) }).openapi("Sightings");

export const rhythmSchema = z
	.object({
		flows: z.array(
			z.object({
				begin: timeSchema,
				end: timeSchema,
				pool: z.object({ address: z.string(), port: countSchema }),
				minerPort: countSchema,
				packets: z.array(
					z.object({
						at: timeSchema,
						length: countSchema.openapi({ description: "Bytes of payload" }),
						fromMiner: z.boolean(),
						isPush: z.boolean().openapi({ description: "The pool speaks first after a silence" }),
					}),
				),
			}),
		),
		blocks: z
			.array(z.object({ at: timeSchema, coin: z.string(), height: countSchema.optional() }))
			.openapi({ description: "Block times within the flows, where they are known" }),
	})
	.openapi("Rhythm");

const listOf = <T extends z.ZodType>(item: T) =>
	z.preprocess(
		(value) => (value === undefined || Array.isArray(value) ? value : [value]),
		z.array(item).max(100).optional(),
	);
const flag = z.enum(["true", "false"]).transform((text) => text === "true");
const bound = z.coerce.number().min(0);

/** The conditions that all lists of incidents take in their query. A condition may occur repeatedly: alternatives. */
export const incidentFilterSchema = z.object({
	state: z.enum(["open", "closed"]).optional(),
	confidence: listOf(confidenceSchema),
	network: listOf(z.string().max(500)),
	host: listOf(z.string().max(100)),
	pool: listOf(z.string().max(500)),
	coin: listOf(z.string().max(100)),
	signal: listOf(z.enum(SIGNALS)),
	allowlisted: flag.optional(),
	since: bound.optional().openapi({ description: "Seen at or after, microseconds since the epoch" }),
	until: bound.optional().openapi({ description: "Opened before, microseconds since the epoch" }),
	text: z.string().max(500).optional().openapi({ description: "Beginnings of words that all occur" }),
});

export const incidentQuerySchema = incidentFilterSchema.extend({
	sort: z.enum(SORT_KEYS).optional(),
	ascending: flag.optional(),
	limit: z.coerce.number().int().min(1).max(1000).optional(),
	cursor: z.string().max(2000).optional().openapi({ description: "`next` of the page before" }),
});

export const incidentPageSchema = z
	.object({
		incidents: z.array(incidentRowSchema),
		total: countSchema.openapi({ description: "Incidents that meet the conditions" }),
		next: z.string().optional().openapi({ description: "Cursor of the next page; absent on the last one" }),
	})
	.openapi("IncidentPage");

export const EXPORT_FORMATS = ["csv", "json", "stix", "ecs", "ocsf", "eve", "idea", "cef", "leef"] as const;
export const incidentExportSchema = incidentFilterSchema.extend({ format: z.enum(EXPORT_FORMATS) });

/** How an operator answers an incident. */
export const actionSchema = z
	.discriminatedUnion("action", [
		z.strictObject({ action: z.literal("close"), reason: enteredText }),
		z.strictObject({ action: z.literal("note"), text: enteredText }),
		z.strictObject({
			action: z.literal("label"),
			label: z.enum(LABELS),
			text: z.string().trim().max(2000).default(""),
		}),
		z.strictObject({
			action: z.literal("allow"),
			reason: enteredText.max(500),
			owner: enteredText.max(500),
			until: z.string().max(40).optional().openapi({
				description: "A day (UTC), a time, or never; 90 days from now if absent",
				example: "2027-02-01",
			}),
			scope: z.enum(["host", "host-and-pools"]).default("host"),
		}),
	])
	.openapi("Action");

export const bulkActionSchema = z
	.strictObject({ incidents: z.array(z.string().max(100)).min(1).max(1000), action: actionSchema })
	.openapi("BulkAction");

export const actionResultSchema = z
	.object({
		results: z.array(
			z.object({
				incident: z.string(),
				done: z.boolean(),
				reason: z.string().optional().openapi({ description: "Why not" }),
				entry: z.string().optional().openapi({ description: "The allowlist entry that was made" }),
			}),
		),
	})
	.openapi("ActionResult");
