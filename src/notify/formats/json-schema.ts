import { z } from "zod";
import { notificationSchema } from "./json.ts";

/** The JSON Schema (2020-12) of the `json` format, as docs/notification.schema.json publishes it. */
export function jsonSchema(): object {
	return z.toJSONSchema(notificationSchema);
}
