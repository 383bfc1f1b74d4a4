import type { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { entryId } from "../incident/allowlist.ts";
import { type AllowlistEntry, allowlistEntrySchema, untilTime } from "../incident/allowlist-schema.ts";
import type { Incident } from "../incident/incident.ts";
import type { ActionResult } from "./api-types.ts";
import { audit, identityOf, type ServerContext, type ServerEnv } from "./context.ts";
import { defaultUntil, putEntry } from "./entry-changes.ts";
import { Refusal } from "./refusal.ts";
import type { actionSchema } from "./schemas/incident.ts";
import { poolPatternOf } from "./views/pool-pattern.ts";

type Action = z.output<typeof actionSchema>;
type Result = ActionResult["results"][number];

/** Does the same to all incidents. Each has its own result; each change is in the audit trail before it is made. */
export async function actOnIncidents(
	context: ServerContext,
	c: Context<ServerEnv>,
	ids: readonly string[],
	action: Action,
): Promise<Result[]> {
	const results: Result[] = [];
	for (const id of new Set(ids)) {
		const incident = await context.view.store.ask("details", "incident", id);
		if (incident === undefined) results.push({ incident: id, done: false, reason: "there is no such incident" });
		else results.push({ incident: id, ...(await actOn(context, c, incident, action)) });
	}
	if (action.action === "allow") await context.view.allowlistChanged();
	return results;
}

async function actOn(
	context: ServerContext,
	c: Context<ServerEnv>,
	incident: Incident,
	action: Action,
): Promise<Omit<Result, "incident">> {
	const { id } = incident;
	switch (action.action) {
		case "close":
			return close(context, c, incident, action.reason);
		case "note":
			await audit(context, c, "note", id, action.text);
			return remark(context, c, id, "note", action.text);
		case "label":
			await audit(context, c, `label ${action.label}`, id, action.text);
			return remark(context, c, id, action.label, action.text);
		case "allow":
			return allow(context, c, incident, action);
	}
}

async function close(context: ServerContext, c: Context<ServerEnv>, incident: Incident, reason: string) {
	if (incident.state === "closed") return { done: false, reason: "it is closed already" };
	await audit(context, c, "close", incident.id, reason);
	const done = await context.view.closeIncident(incident.id, `closed by ${identityOf(c).name}: ${reason}`);
	if (!done) return { done, reason: "it has closed in the meantime" };
	await remark(context, c, incident.id, "note", `Closed: ${reason}`);
	return { done };
}

async function remark(
	{ view, hub }: ServerContext,
	c: Context<ServerEnv>,
	incident: string,
	kind: "note" | "miner" | "not-a-miner",
	text: string,
) {
	const made = { at: view.sender.now(), author: identityOf(c).name, kind, text };
	const done = await view.store.ask("books", "addRemark", incident, made);
	if (!done) return { done, reason: "there is no such incident" };
	hub.send({ type: "remark", incident });
	return { done };
}

async function allow(
	context: ServerContext,
	c: Context<ServerEnv>,
	{ host, pools, furtherPools }: Incident,
	{ reason, owner, until, scope }: Action & { readonly action: "allow" },
) {
	if (scope === "host-and-pools" && furtherPools > 0) {
		return { done: false, reason: "it has more pools than are recorded: allow the host" };
	}
	const now = context.view.sender.now();
	const entry = parseEntry({
		reason,
		owner,
		until: until ?? defaultUntil(now),
		hosts: [host.address],
		...(scope === "host-and-pools" && { pools: [...new Set(pools.map(poolPatternOf))] }),
	});
	if (untilTime(entry.until ?? "never")! <= now) {
		return {
			done: false,
			reason: `until: ${entry.until} is over (days are those of UTC); the entry would cover nothing`,
		};
	}
	await audit(context, c, "allow", entryId(entry), JSON.stringify(entry));
	return { done: true, entry: await putEntry(context, entry) };
}

function parseEntry(value: unknown): AllowlistEntry {
	const result = allowlistEntrySchema.safeParse(value);
	if (result.success) return result.data;
	const problems = result.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
	throw new Refusal(400, "malformed", problems[0]!.message, { problems });
}
