import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import { newRoutes, PROBLEM } from "../answers.ts";
import type { ServerContext, ServerEnv } from "../context.ts";
import { Refusal } from "../refusal.ts";
import { changeSchema } from "../schemas/change.ts";

/** Streams that may be open at once. */
const MOST_STREAMS = 500;

const readChanges = createRoute({
	method: "get",
	path: "/events",
	operationId: "readChanges",
	summary: "Changes as they happen, as server-sent events",
	description:
		"`event:` is the change's type, `data:` the change as JSON. Nothing is sent again after a lost connection: load the data of the page again.",
	tags: ["changes"],
	responses: {
		200: { description: "The stream", content: { "text/event-stream": { schema: changeSchema } } },
		default: PROBLEM,
	},
});

/** `isStillAllowed`: whether the request would be answered now; asked from time to time while the stream is open. */
export function changeRoutes(
	{ hub, counters, heartbeat }: ServerContext,
	isStillAllowed: (c: Context<ServerEnv>) => Promise<boolean>,
) {
	return newRoutes().openapi(readChanges, (c) => {
		if (hub.size >= MOST_STREAMS) throw new Refusal(503, "busy", "too many clients listen", { retryAfter: 10 });
		const changes = hub.open();
		counters.streams++;
		c.header("x-accel-buffering", "no");
		return streamSSE(c, async (output) => {
			output.onAbort(() => changes.close());
			try {
				await output.write("retry: 2000\n\n");
				let checked = performance.now();
				for (;;) {
					const change = await changes.next(heartbeat);
					if (change === undefined || output.aborted) return;
					if (performance.now() - checked >= heartbeat) {
						// The session may have ended since.
						if (!(await isStillAllowed(c))) return;
						checked = performance.now();
					}
					if (change === "quiet") await output.write(": alive\n\n");
					else await output.writeSSE({ event: change.type, data: change.text });
				}
			} finally {
				counters.streams--;
				hub.close(changes);
			}
		});
	});
}
