import { OpenAPIHono, type z } from "@hono/zod-openapi";
import type { ServerEnv } from "./context.ts";
import { Refusal } from "./refusal.ts";
import { problemSchema } from "./schemas/common.ts";

/** The responses of a route: JSON of the schema, or a problem. */
export function answers<T extends z.ZodType>(schema: T, description: string) {
	return { 200: { description, content: { "application/json": { schema } } }, default: PROBLEM } as const;
}

export const PROBLEM = {
	description: "Refused (4xx) or failed (5xx)",
	content: { "application/json": { schema: problemSchema } },
} as const;

/** A required body of JSON. */
export function jsonBody<T extends z.ZodType>(schema: T) {
	return { required: true, content: { "application/json": { schema } } } as const;
}

/** Routes whose requests are refused with what is wrong where. */
export function newRoutes(): OpenAPIHono<ServerEnv> {
	return new OpenAPIHono<ServerEnv>({
		defaultHook: (result) => {
			if (result.success) return;
			const problems = result.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
			const { message, path } = problems[0]!;
			const place = path === "" ? result.target : `${result.target}: ${path}`;
			throw new Refusal(400, "malformed", `${place}: ${message}`, { problems });
		},
	});
}
