import { z } from "@hono/zod-openapi";

/** All times of the API: microseconds since the epoch. */
export const timeSchema = z
	.number()
	.openapi({ description: "Microseconds since the epoch", example: 1772356320000000 });

/** A share, probability or mass. */
export const shareSchema = z.number().min(0).max(1);

export const countSchema = z.number().int().nonnegative();

/** Text that a person enters: bounded, not empty. */
export const enteredText = z.string().trim().min(1).max(2000);

export const problemSchema = z
	.object({
		error: z.object({
			code: z.string().openapi({ description: "Stable, for programs", example: "not-found" }),
			message: z.string().openapi({ description: "For people" }),
			details: z
				.array(z.object({ path: z.string(), message: z.string() }))
				.optional()
				.openapi({ description: "What is wrong where in the request" }),
		}),
	})
	.openapi("Problem");

export const doneSchema = z.object({ done: z.literal(true) }).openapi("Done");
