import { z } from "@hono/zod-openapi";
import { countSchema, timeSchema } from "./common.ts";
import { incidentRowSchema, pastEventSchema } from "./incident.ts";
import { inputStatusSchema } from "./system.ts";

const countedSchema = z.object({ name: z.string(), incidents: countSchema });

/** What the first screen needs, in one answer. Counts are of open incidents. */
export const nowSchema = z
	.object({
		at: timeSchema,
		open: countSchema,
		allowlisted: countSchema,
		byConfidence: z.object({ suspected: countSchema, probable: countSchema, confirmed: countSchema }),
		byNetwork: z.array(countedSchema),
		byCoin: z.array(countedSchema),
		byPool: z.array(countedSchema),
		strip: z
			.array(z.object({ from: timeSchema, opened: countSchema, closed: countSchema, running: countSchema }))
			.openapi({ description: "24 hours, oldest first" }),
		hosts: z.array(incidentRowSchema).openapi({
			description: "Open incidents that no allowlist entry covers: most certain first, at most 50",
		}),
		events: z.array(pastEventSchema).openapi({ description: "The newest 50, newest first" }),
		inputs: z.array(inputStatusSchema),
		problems: z.array(z.string()).openapi({ description: "What needs attention, one sentence each" }),
	})
	.openapi("Now");
