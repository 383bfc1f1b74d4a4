import { type Context, Hono } from "hono";
import type { ServerContext, ServerEnv } from "../context.ts";
import { notFound, Refusal } from "../refusal.ts";
import type { Identity } from "../security/identity.ts";

/** `/healthz`, `/readyz`, and `/metrics` where it is configured. Reasons and metrics are shown to those who are logged in. */
export function healthRoutes(
	{ view, config }: ServerContext,
	identify: (c: Context<ServerEnv>) => Promise<Identity | undefined>,
) {
	const isKnown = async (c: Context<ServerEnv>) => (await identify(c).catch(() => undefined)) !== undefined;
	return new Hono<ServerEnv>()
		.get("/healthz", (c) => c.json({ status: "ok" }, 200))
		.get("/readyz", async (c) => {
			const reasons = view.readiness();
			const status = reasons.length === 0 ? "ready" : "not ready";
			return c.json((await isKnown(c)) ? { status, reasons } : { status }, reasons.length === 0 ? 200 : 503);
		})
		.get("/metrics", async (c) => {
			if (!config.metrics || view.metrics === undefined) throw notFound("page");
			if (!(await isKnown(c))) throw new Refusal(401, "login-required", "metrics need a token");
			const { contentType, body } = await view.metrics();
			return c.body(body, 200, { "content-type": contentType });
		});
}
