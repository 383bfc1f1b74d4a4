import { z } from "zod";
import { CONFIDENCES, EVENT_KINDS, type Incident, type PoolOfIncident } from "../../incident/incident.ts";
import { rfc3339 } from "../event-time.ts";
import { sentence } from "../facts.ts";
import type { Notification } from "../notification.ts";
import type { NotificationFormat, Sender } from "../notification-format.ts";
import { jsonLine } from "./json-line.ts";

const time = z.iso.datetime().describe("UTC, microseconds");
const count = z.int().min(0);

const signalSchema = z.strictObject({
	signal: z.string(),
	flows: count.describe("flows in which the signal spoke"),
	mass: z.number().min(0).max(1).describe("the strongest m(miner)"),
	words: z.string().describe("the strongest evidence in one sentence; may quote text from the network"),
});

const poolSchema = z.strictObject({
	key: z.string().describe("server name, else address:port"),
	address: z.string(),
	port: z.int().min(0).max(65535),
	serverName: z.string().optional().describe("text from the network"),
	pool: z.string().optional(),
	firstSeen: time,
	lastSeen: time,
	flows: count,
	packets: count,
	bytesToPool: count,
	bytesToMiner: count,
	protocol: z.string().optional(),
	coin: z.string().optional(),
	software: z.string().optional().describe("text from the network"),
	walletPrefix: z.string().optional().describe("text from the network"),
	clientPorts: count,
	signals: z.array(signalSchema),
	slicesJudged: count,
	slicesAgreeing: count,
	probability: z.number().min(0).max(1).optional(),
	outcome: z.enum(["working", "refused", "unanswered", "unknown"]),
});

const incidentSchema = z.strictObject({
	id: z.string(),
	sequence: z.int().min(1),
	host: z.strictObject({ address: z.string(), domain: z.string().optional(), network: z.string().optional() }),
	role: z.enum(["miner", "proxy", "pool"]),
	state: z.enum(["open", "closed"]),
	confidence: z.enum(CONFIDENCES),
	score: z.number().min(0).max(1),
	opened: time,
	lastSeen: time,
	closed: time.optional(),
	flows: count,
	packets: count,
	bytesToPool: count,
	bytesToMiner: count,
	pools: z.array(poolSchema).max(32),
	furtherPools: count,
	signals: z.array(signalSchema),
	inputs: z.array(z.string()),
	allowedBy: z.array(z.string()),
});

/** The `json` format; docs/notification.schema.json is made from it. */
export const notificationSchema = z
	.strictObject({
		type: z.literal("decrypto.notification"),
		version: z.literal(1),
		id: z.string().describe("incident id and sequence number: remove duplicates by it"),
		test: z.boolean().describe("true: a test of the receiver, not an incident"),
		sensor: z.string(),
		event: z.enum(EVENT_KINDS),
		sequence: z.int().min(1),
		at: time,
		message: z.string().describe("one sentence; may quote text from the network"),
		change: z.string().describe("what changed"),
		incident: incidentSchema.describe("the whole incident after the change"),
	})
	.meta({ title: "DeCrypto notification" });

export const jsonFormat: NotificationFormat = {
	name: "json",
	contentType: "application/json",
	extension: "json",
	separator: "\n",
	encode: (notification, sender) => jsonLine(notificationRecord(notification, sender)),
};

function notificationRecord(notification: Notification, { sensor }: Sender): z.infer<typeof notificationSchema> {
	const { id, event, test } = notification;
	return {
		type: "decrypto.notification",
		version: 1,
		id,
		test,
		sensor,
		event: event.kind,
		sequence: event.sequence,
		at: rfc3339(event.at),
		message: sentence(notification),
		change: event.words,
		incident: incidentRecord(event.incident),
	};
}

/** An incident with times as text: what JSON readers get everywhere. */
export function incidentRecord(incident: Incident): z.infer<typeof incidentSchema> {
	const { opened, lastSeen, closed, pools, ...rest } = incident;
	return {
		...rest,
		host: { ...incident.host },
		signals: [...incident.signals],
		inputs: [...incident.inputs],
		allowedBy: [...incident.allowedBy],
		opened: rfc3339(opened),
		lastSeen: rfc3339(lastSeen),
		...(closed !== undefined && { closed: rfc3339(closed) }),
		pools: pools.map(poolRecord),
	};
}

function poolRecord(pool: PoolOfIncident): z.infer<typeof poolSchema> {
	return {
		...pool,
		signals: [...pool.signals],
		firstSeen: rfc3339(pool.firstSeen),
		lastSeen: rfc3339(pool.lastSeen),
	};
}
