import { z } from "@hono/zod-openapi";
import { countSchema } from "./common.ts";
import { incidentRowSchema, pastEventSchema } from "./incident.ts";

/** What the stream of server-sent events carries; the `event:` field repeats `type`. */
export const changeSchema = z
	.discriminatedUnion("type", [
		z.object({ type: z.literal("incident"), event: pastEventSchema, incident: incidentRowSchema }),
		z.object({ type: z.literal("allowlist") }),
		z.object({ type: z.literal("status") }).openapi({ description: "Inputs, receivers, model or configuration" }),
		z.object({ type: z.literal("remark"), incident: z.string() }),
		z.object({ type: z.literal("lost"), changes: countSchema }).openapi({
			description: "The client was too slow for this number of changes: load the page's data again",
		}),
	])
	.openapi("Change");
