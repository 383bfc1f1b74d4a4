import type { z } from "@hono/zod-openapi";
import type { allowlistViewSchema, entrySchema, entryTestSchema, listedEntrySchema } from "./schemas/allowlist.ts";
import type { changeSchema } from "./schemas/change.ts";
import type { problemSchema } from "./schemas/common.ts";
import type {
	actionResultSchema,
	actionSchema,
	bulkActionSchema,
	contributionSchema,
	EXPORT_FORMATS,
	incidentDetailSchema,
	incidentPageSchema,
	incidentRowSchema,
	incidentSchema,
	poolOfIncidentSchema,
	remarkSchema,
	rhythmSchema,
	sightingSchema,
	sightingsSchema,
} from "./schemas/incident.ts";
import type { labelledIncidentSchema, modelStatusSchema, modelViewSchema, whatIfSchema } from "./schemas/model.ts";
import type { nowSchema } from "./schemas/now.ts";
import type {
	endpointSchema,
	poolDetailSchema,
	poolPageSchema,
	poolRowSchema,
	probePlanSchema,
	probeResultSchema,
} from "./schemas/pool.ts";
import type { sessionSchema, tokenCreatedSchema, tokensSchema } from "./schemas/session.ts";
import type {
	auditSchema,
	daemonStatusSchema,
	inputStatusSchema,
	receiverTestSchema,
	systemSchema,
} from "./schemas/system.ts";

// The types of requests and responses of the API, for the web UI and the daemon. Types only: nothing is loaded.
export type Problem = z.output<typeof problemSchema>;
export type Session = z.output<typeof sessionSchema>;
export type Tokens = z.output<typeof tokensSchema>;
export type TokenCreated = z.output<typeof tokenCreatedSchema>;
export type Now = z.output<typeof nowSchema>;
export type ApiIncident = z.output<typeof incidentSchema>;
export type ApiPoolOfIncident = z.output<typeof poolOfIncidentSchema>;
export type IncidentRow = z.output<typeof incidentRowSchema>;
export type IncidentPage = z.output<typeof incidentPageSchema>;
export type IncidentDetail = z.output<typeof incidentDetailSchema>;
export type IncidentRemark = z.output<typeof remarkSchema>;
export type Contribution = z.output<typeof contributionSchema>;
export type ApiSighting = z.output<typeof sightingSchema>;
export type Sightings = z.output<typeof sightingsSchema>;
export type Rhythm = z.output<typeof rhythmSchema>;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
export type Action = z.input<typeof actionSchema>;
export type BulkAction = z.input<typeof bulkActionSchema>;
export type ActionResult = z.output<typeof actionResultSchema>;
export type PoolRow = z.output<typeof poolRowSchema>;
export type PoolPage = z.output<typeof poolPageSchema>;
export type PoolDetail = z.output<typeof poolDetailSchema>;
export type ProbeTarget = z.output<typeof endpointSchema>;
export type ProbePlan = z.output<typeof probePlanSchema>;
export type ProbeResult = z.output<typeof probeResultSchema>;
export type Entry = z.output<typeof entrySchema>;
export type ListedEntry = z.output<typeof listedEntrySchema>;
export type AllowlistView = z.output<typeof allowlistViewSchema>;
export type EntryTest = z.output<typeof entryTestSchema>;
export type ModelStatus = z.output<typeof modelStatusSchema>;
export type ModelView = z.output<typeof modelViewSchema>;
export type LabelledIncident = z.output<typeof labelledIncidentSchema>;
export type WhatIf = z.output<typeof whatIfSchema>;
export type InputStatus = z.output<typeof inputStatusSchema>;
export type ReceiverTest = z.output<typeof receiverTestSchema>;
export type DaemonStatus = z.output<typeof daemonStatusSchema>;
export type System = z.output<typeof systemSchema>;
export type AuditTrail = z.output<typeof auditSchema>;
export type Change = z.output<typeof changeSchema>;
