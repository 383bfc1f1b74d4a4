import { createRoute, z } from "@hono/zod-openapi";
import { Allowlist, entryId } from "../../incident/allowlist.ts";
import { incidentWords } from "../../incident/words.ts";
import { answers, jsonBody, newRoutes } from "../answers.ts";
import type { AllowlistView, EntryTest, ListedEntry } from "../api-types.ts";
import { audit, type ServerContext } from "../context.ts";
import { API_SOURCE, defaultUntil, editableEntry, putEntry } from "../entry-changes.ts";
import { scanIncidents, TRIED_DAYS, visitRecent } from "../incident-scan.ts";
import { allowlistViewSchema, entryCreatedSchema, entrySchema, entryTestSchema } from "../schemas/allowlist.ts";
import { doneSchema } from "../schemas/common.ts";

const tags = ["allowlist"];
const params = z.object({ id: z.string().max(64) });
const MOST_EXAMPLES = 20;

const listEntries = createRoute({
	method: "get",
	path: "/allowlist",
	operationId: "listAllowlist",
	summary: "All entries, with hits and expiry",
	tags,
	responses: answers(allowlistViewSchema, "The entries"),
});

const addEntry = createRoute({
	method: "post",
	path: "/allowlist",
	operationId: "addAllowlistEntry",
	summary: "Add an entry; it holds at once",
	tags,
	request: { body: jsonBody(entrySchema) },
	responses: answers(entryCreatedSchema, "The entry was added"),
});

const testEntry = createRoute({
	method: "post",
	path: "/allowlist/test",
	operationId: "testAllowlistEntry",
	summary: "What an entry would have covered in the last 30 days; it is not added",
	tags,
	request: { body: jsonBody(entrySchema) },
	responses: answers(entryTestSchema, "What it would have covered"),
});

const replaceEntry = createRoute({
	method: "put",
	path: "/allowlist/{id}",
	operationId: "replaceAllowlistEntry",
	summary: "Change an entry; its identifier changes with all but its end",
	tags,
	request: { params, body: jsonBody(entrySchema) },
	responses: answers(entryCreatedSchema, "The changed entry"),
});

const expireEntry = createRoute({
	method: "post",
	path: "/allowlist/{id}/expire",
	operationId: "expireAllowlistEntry",
	summary: "End an entry now; it stays listed",
	tags,
	request: { params },
	responses: answers(doneSchema, "The entry has ended"),
});

const removeEntry = createRoute({
	method: "delete",
	path: "/allowlist/{id}",
	operationId: "removeAllowlistEntry",
	summary: "Remove an entry with its hits",
	tags,
	request: { params },
	responses: answers(doneSchema, "The entry was removed"),
});

export function allowlistRoutes(context: ServerContext) {
	const { view } = context;
	const { store, sender } = view;

	return newRoutes()
		.openapi(listEntries, async (c) => c.json(await allowlistView(), 200))
		.openapi(addEntry, async (c) => {
			const entry = dated(c.req.valid("json"));
			await audit(context, c, "add allowlist entry", entryId(entry), JSON.stringify(entry));
			const id = await putEntry(context, entry);
			await view.allowlistChanged();
			return c.json({ id }, 200);
		})
		.openapi(testEntry, async (c) => c.json(await tested(c.req.valid("json")), 200))
		.openapi(replaceEntry, async (c) => {
			const { id } = c.req.valid("param");
			const entry = dated(c.req.valid("json"));
			const old = await editableEntry(context, id);
			await audit(context, c, "change allowlist entry", id, `${JSON.stringify(old)} -> ${JSON.stringify(entry)}`);
			const changed = await putEntry(context, entry);
			if (changed !== id) await store.ask("books", "removeAllowlistEntry", id);
			await view.allowlistChanged();
			return c.json({ id: changed }, 200);
		})
		.openapi(expireEntry, async (c) => {
			const { id } = c.req.valid("param");
			const entry = await editableEntry(context, id);
			await audit(context, c, "expire allowlist entry", id, JSON.stringify(entry));
			const until = `${new Date(sender.now()).toISOString().slice(0, 19)}Z`;
			await putEntry(context, { ...entry, until });
			await view.allowlistChanged();
			return c.json({ done: true as const }, 200);
		})
		.openapi(removeEntry, async (c) => {
			const { id } = c.req.valid("param");
			const entry = await editableEntry(context, id);
			await audit(context, c, "remove allowlist entry", id, JSON.stringify(entry));
			await store.ask("books", "removeAllowlistEntry", id);
			await view.allowlistChanged();
			return c.json({ done: true as const }, 200);
		});

	/** An entry without an end gets one: it would begin anew with every start of the daemon. */
	function dated(entry: z.output<typeof entrySchema>) {
		return { ...entry, until: entry.until ?? defaultUntil(sender.now()) };
	}

	async function allowlistView(): Promise<AllowlistView> {
		const [books, covers] = await Promise.all([store.ask("books", "allowlist"), coveredNow()]);
		const booked = new Map(books.map((each) => [each.id, each]));
		const now = sender.now() * 1000;
		const entries = view.allowlist().entries.map(({ id, entry, expires }): ListedEntry => {
			const { source = "configuration", created = 0, hits = 0, lastHit } = booked.get(id) ?? {};
			return {
				id,
				entry,
				source,
				isEditable: source === API_SOURCE,
				created: created * 1000,
				expires: Number.isFinite(expires) ? expires : null,
				isExpired: expires <= now,
				hits,
				...(lastHit !== undefined && { lastHit }),
				covers: covers.get(id) ?? 0,
			};
		});
		return { entries };
	}

	async function coveredNow(): Promise<Map<string, number>> {
		const covers = new Map<string, number>();
		for await (const incidents of scanIncidents(store, { state: "open", allowlisted: true })) {
			for (const id of incidents.flatMap(({ allowedBy }) => allowedBy)) covers.set(id, (covers.get(id) ?? 0) + 1);
		}
		return covers;
	}

	async function tested(entry: z.output<typeof entrySchema>): Promise<EntryTest> {
		const now = sender.now();
		const allowlist = new Allowlist([entry], now);
		let covered = 0;
		const examples: EntryTest["examples"] = [];
		const { visited, isComplete } = await visitRecent(store, now, (incidents) => {
			const ids = new Set(allowlist.test(incidents).get(entryId(entry)));
			covered += ids.size;
			for (const incident of incidents) {
				if (examples.length === MOST_EXAMPLES) return;
				if (ids.has(incident.id)) {
					examples.push({ incident: incident.id, sentence: incidentWords(incident), state: incident.state });
				}
			}
		});
		return { days: TRIED_DAYS, tested: visited, isComplete, covered, examples };
	}
}
