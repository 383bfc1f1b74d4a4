import { createRoute, z } from "@hono/zod-openapi";
import { stream } from "hono/streaming";
import type { Incident } from "../../incident/incident.ts";
import type { IncidentFilter } from "../../store/incident-query.ts";
import { answers, jsonBody, newRoutes, PROBLEM } from "../answers.ts";
import type { Sightings } from "../api-types.ts";
import type { ServerContext } from "../context.ts";
import { actOnIncidents } from "../incident-actions.ts";
import { scanIncidents } from "../incident-scan.ts";
import { notFound, Refusal } from "../refusal.ts";
import {
	actionResultSchema,
	bulkActionSchema,
	incidentDetailSchema,
	incidentExportSchema,
	incidentPageSchema,
	incidentQuerySchema,
	rhythmSchema,
	sightingsSchema,
} from "../schemas/incident.ts";
import { SharedAnswers } from "../shared-answers.ts";
import { incidentDetail, sightingView } from "../views/incident-detail.ts";
import { exporterOf } from "../views/incident-export.ts";
import { incidentRow } from "../views/incident-row.ts";
import { rhythmOf } from "../views/rhythm.ts";

const tags = ["incidents"];
const params = z.object({ id: z.string().max(100) });

const listIncidents = createRoute({
	method: "get",
	path: "/incidents",
	operationId: "listIncidents",
	summary: "Incidents that meet all conditions, a page at a time",
	tags,
	request: { query: incidentQuerySchema },
	responses: answers(incidentPageSchema, "A page of incidents"),
});

const exportIncidents = createRoute({
	method: "get",
	path: "/incidents/export",
	operationId: "exportIncidents",
	summary: "All incidents that meet the conditions, as a file",
	tags,
	request: { query: incidentExportSchema },
	responses: {
		200: { description: "The file", content: { "application/octet-stream": { schema: z.string() } } },
		default: PROBLEM,
	},
});

const act = createRoute({
	method: "post",
	path: "/incidents/actions",
	operationId: "actOnIncidents",
	summary: "Close, note, label or allow incidents",
	tags,
	request: { body: jsonBody(bulkActionSchema) },
	responses: answers(actionResultSchema, "What became of each incident"),
});

const readIncident = createRoute({
	method: "get",
	path: "/incidents/{id}",
	operationId: "readIncident",
	summary: "One incident with its evidence, history and notifications",
	tags,
	request: { params },
	responses: answers(incidentDetailSchema, "The incident"),
});

const readSightings = createRoute({
	method: "get",
	path: "/incidents/{id}/sightings",
	operationId: "readSightings",
	summary: "The kept flows of an incident, oldest first",
	tags,
	request: { params },
	responses: answers(sightingsSchema, "The flows"),
});

const readRhythm = createRoute({
	method: "get",
	path: "/incidents/{id}/rhythm",
	operationId: "readRhythm",
	summary: "Packets of the incident's flows over time, and block times",
	tags,
	request: { params },
	responses: answers(rhythmSchema, "The rhythm"),
});

export function incidentRoutes(context: ServerContext) {
	const { view, hub } = context;
	const { store, sender } = view;
	const counts = new SharedAnswers<number>({ most: 5000, mostAfterChange: 1000 }, sender.now);
	hub.onChange(() => counts.change());

	return newRoutes()
		.openapi(listIncidents, async (c) => {
			const { sort, ascending, limit, cursor, ...conditions } = c.req.valid("query");
			const filter = defined(conditions);
			const [page, total] = await Promise.all([
				store.find(defined({ ...filter, sort, ascending, limit, cursor })),
				counts.get(JSON.stringify(filter), () => store.count(filter)),
			]);
			const { next } = page;
			return c.json({ incidents: page.incidents.map(incidentRow), total, ...(next !== undefined && { next }) }, 200);
		})
		.openapi(exportIncidents, async (c) => {
			const { format, ...conditions } = c.req.valid("query");
			const filter = defined(conditions);
			const exporter = exporterOf(format, sender);
			const found = await store.count(filter);
			if (found > exporter.most) {
				const message = `${found} incidents meet the conditions; ${format} takes ${exporter.most} at once: narrow them`;
				throw new Refusal(400, "too-many", message);
			}
			c.header("content-type", exporter.contentType);
			c.header("content-disposition", `attachment; filename="incidents.${exporter.extension}"`);
			return stream(c, async (output) => {
				await output.write(exporter.begin);
				let isFirst = true;
				for await (const incidents of pagesOf(filter, exporter.most)) {
					if (output.aborted) return;
					await output.write(exporter.encode(incidents, isFirst));
					isFirst = false;
				}
				await output.write(exporter.end);
			});
		})
		.openapi(act, async (c) => {
			const { incidents, action } = c.req.valid("json");
			return c.json({ results: await actOnIncidents(context, c, incidents, action) }, 200);
		})
		.openapi(readIncident, async (c) => c.json(await incidentDetail(view, await incidentBy(c.req.valid("param"))), 200))
		.openapi(readSightings, async (c) => {
			const { id } = await incidentBy(c.req.valid("param"));
			const sightings = await store.ask("details", "sightings", id);
			return c.json({ sightings: sightings.map(sightingView) } satisfies Sightings, 200);
		})
		.openapi(readRhythm, async (c) => {
			const { id } = await incidentBy(c.req.valid("param"));
			const sightings = await store.ask("details", "sightings", id);
			return c.json(
				rhythmOf(sightings, (coin, from, until) => view.blockTimes?.(coin, from, until) ?? []),
				200,
			);
		});

	async function incidentBy({ id }: { readonly id: string }): Promise<Incident> {
		const incident = await store.ask("details", "incident", id);
		if (incident === undefined) throw notFound("incident");
		return incident;
	}

	/** Formats with one body for all get all incidents as one page. */
	async function* pagesOf(filter: IncidentFilter, most: number): AsyncGenerator<readonly Incident[]> {
		if (most === Infinity) {
			yield* scanIncidents(store, filter);
			return;
		}
		const all: Incident[] = [];
		for await (const incidents of scanIncidents(store, filter)) all.push(...incidents);
		yield all;
	}
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The same without members that are undefined. */
function defined<T extends object>(value: T): Partial<Defined<T>> {
	return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Partial<Defined<T>>;
}
