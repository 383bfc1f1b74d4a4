import { z } from "@hono/zod-openapi";
import { allowlistEntrySchema } from "../../incident/allowlist-schema.ts";
import { countSchema, timeSchema } from "./common.ts";

/** An entry as people write it: the same as in files. The copy is made when zod knows of OpenAPI already. */
export const entrySchema = allowlistEntrySchema.clone().openapi("AllowlistEntry");

export const listedEntrySchema = z
	.object({
		id: z.string(),
		entry: entrySchema,
		source: z.string().openapi({ description: "`api`, or the file that the entry comes from" }),
		isEditable: z.boolean().openapi({ description: "Entries of files are edited there" }),
		created: timeSchema,
		expires: timeSchema.nullable().openapi({ description: "null: never" }),
		isExpired: z.boolean(),
		hits: countSchema,
		lastHit: timeSchema.optional(),
		covers: countSchema.openapi({ description: "Open incidents that it covers now" }),
	})
	.openapi("ListedEntry");

export const allowlistViewSchema = z.object({ entries: z.array(listedEntrySchema) }).openapi("Allowlist");

export const entryCreatedSchema = z.object({ id: z.string() }).openapi("EntryCreated");

/** What an entry would have covered. */
export const entryTestSchema = z
	.object({
		days: countSchema,
		tested: countSchema.openapi({ description: "Incidents of these days that were tested" }),
		isComplete: z.boolean().openapi({ description: "false: older incidents of these days were left out" }),
		covered: countSchema,
		examples: z
			.array(z.object({ incident: z.string(), sentence: z.string(), state: z.enum(["open", "closed"]) }))
			.openapi({ description: "At most 20, last seen first" }),
	})
	.openapi("EntryTest");
