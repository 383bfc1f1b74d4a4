import { createRoute, z } from "@hono/zod-openapi";
import { answers, newRoutes } from "../answers.ts";
import type { System } from "../api-types.ts";
import { audit, type ServerContext } from "../context.ts";
import { notFound } from "../refusal.ts";
import { auditSchema, receiverTestSchema, systemSchema } from "../schemas/system.ts";
import { SharedAnswers } from "../shared-answers.ts";
import { problemsOf } from "../views/problems.ts";

const tags = ["system"];

const readSystem = createRoute({
	method: "get",
	path: "/system",
	operationId: "readSystem",
	summary: "Inputs, pipelines, receivers, store, versions and configuration",
	tags,
	responses: answers(systemSchema, "The state of the daemon"),
});

const testReceivers = createRoute({
	method: "post",
	path: "/system/receivers/test",
	operationId: "testReceivers",
	summary: "Send a marked test notification through every receiver",
	tags,
	responses: answers(receiverTestSchema, "The results"),
});

const testReceiver = createRoute({
	method: "post",
	path: "/system/receivers/{name}/test",
	operationId: "testReceiver",
	summary: "Send a marked test notification through one receiver",
	tags,
	request: { params: z.object({ name: z.string().max(64) }) },
	responses: answers(receiverTestSchema, "The result"),
});

const readAudit = createRoute({
	method: "get",
	path: "/audit",
	operationId: "readAudit",
	summary: "Who changed what, newest first",
	tags,
	request: { query: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) }) },
	responses: answers(auditSchema, "The audit trail"),
});

export function systemRoutes(context: ServerContext) {
	const { view } = context;
	const { store } = view;
	const incidents = new SharedAnswers<number>({ most: 10_000, mostAfterChange: 10_000 }, view.sender.now);

	return newRoutes()
		.openapi(readSystem, async (c) => c.json(await system(), 200))
		.openapi(testReceivers, async (c) => {
			await audit(context, c, "test receivers", "all");
			return c.json({ results: [...(await view.testReceivers())] }, 200);
		})
		.openapi(testReceiver, async (c) => {
			const { name } = c.req.valid("param");
			if (!view.status().receivers.some((receiver) => receiver.name === name)) throw notFound("receiver");
			await audit(context, c, "test receivers", name);
			return c.json({ results: [...(await view.testReceivers(name))] }, 200);
		})
		.openapi(readAudit, async (c) => {
			const records = await store.ask("books", "auditTrail", c.req.valid("query").limit);
			return c.json({ records: records.map((record) => ({ ...record, at: record.at * 1000 })) }, 200);
		});

	async function system(): Promise<System> {
		const status = view.status();
		const [{ health, counters }, stored] = await Promise.all([
			store.refreshStatus(),
			incidents.get("incidents", () => store.count()),
		]);
		return {
			...status,
			problems: problemsOf(status, health),
			store: { path: store.name, health: { ...health }, incidents: stored, ...counters },
		};
	}
}
