import { z } from "@hono/zod-openapi";
import { timeSchema } from "./common.ts";

export const ROLES = ["viewer", "operator"] as const;

export const sessionSchema = z
	.object({
		user: z.string().nullable().openapi({ description: "null: nobody is logged in" }),
		role: z.enum(ROLES).nullable().openapi({ description: "null: log in first" }),
		loginRequired: z.boolean(),
		csrfToken: z
			.string()
			.nullable()
			.openapi({ description: "Browsers send it as X-CSRF-Token with every request that changes something" }),
		mayProbe: z.boolean(),
		version: z.string().nullable().openapi({ description: "null before the login" }),
	})
	.openapi("Session");

export const loginSchema = z
	.strictObject({ user: z.string().min(1).max(100), password: z.string().min(1).max(1000) })
	.openapi("Login");

export const tokenRequestSchema = z
	.strictObject({
		name: z.string().regex(/^[\w.-]{1,64}$/),
		days: z.number().int().min(1).max(3650).default(365),
	})
	.openapi("TokenRequest");

export const tokenCreatedSchema = z
	.object({ name: z.string(), token: z.string().openapi({ description: "Shown once" }), expires: timeSchema })
	.openapi("TokenCreated");

export const tokensSchema = z
	.object({
		tokens: z.array(z.object({ name: z.string(), user: z.string(), created: timeSchema, expires: timeSchema })),
	})
	.openapi("Tokens");
