import { z } from "zod";
import { allowlistEntrySchema } from "../incident/allowlist-schema.ts";

/** What `decrypto ctl` asks, one JSON text per line; each has one answer. */
export const controlRequestSchema = z.discriminatedUnion("command", [
	z.strictObject({ command: z.literal("status") }),
	z.strictObject({
		command: z.literal("incidents"),
		state: z.enum(["open", "closed"]).optional(),
		text: z.string().max(1000).optional(),
		limit: z.int().min(1).max(1000).default(50),
	}),
	z.strictObject({ command: z.literal("allow"), entry: allowlistEntrySchema }),
	z.strictObject({ command: z.literal("probe"), incident: z.string().max(1000) }),
	z.strictObject({ command: z.literal("groups") }),
	z.strictObject({ command: z.literal("reload") }),
	z.strictObject({ command: z.literal("test"), receiver: z.string().optional() }),
]);

export type ControlRequest = z.input<typeof controlRequestSchema>;

/** `error` is one line for people. */
export type ControlAnswer = { readonly result: unknown } | { readonly error: string };

/** Characters of one request or answer. */
export const LONGEST_REQUEST = 1 << 20;
