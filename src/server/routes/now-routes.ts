import { createRoute } from "@hono/zod-openapi";
import type { Statistics } from "../../store/statistics.ts";
import { answers, newRoutes } from "../answers.ts";
import type { Now } from "../api-types.ts";
import type { ServerContext } from "../context.ts";
import type { DaemonView } from "../daemon-view.ts";
import { nowSchema } from "../schemas/now.ts";
import { SharedAnswers } from "../shared-answers.ts";
import { incidentRow } from "../views/incident-row.ts";
import { problemsOf } from "../views/problems.ts";

const MOST_HOSTS = 50;
const MOST_EVENTS = 50;

const readNow = createRoute({
	method: "get",
	path: "/now",
	operationId: "readNow",
	summary: "Who mines now, how certain is it, what is new",
	tags: ["now"],
	responses: answers(nowSchema, "The first screen"),
});

export function nowRoutes({ view, hub }: ServerContext) {
	const { store, sender } = view;
	// Counting takes long where there are many incidents; the list of hosts does not.
	const statistics = new SharedAnswers<Statistics>({ most: 10_000, mostAfterChange: 3000 }, sender.now);
	const shared = new SharedAnswers<Now>({ most: 1000, mostAfterChange: 250 }, sender.now);
	hub.onChange(() => {
		statistics.change();
		shared.change();
	});
	const count = () => statistics.get("statistics", () => store.statistics(sender.now() * 1000));
	return newRoutes().openapi(readNow, async (c) => c.json(await shared.get("now", () => now(view, count)), 200));
}

async function now(view: DaemonView, count: () => Promise<Statistics>): Promise<Now> {
	const { store, sender } = view;
	const [statistics, page, events] = await Promise.all([
		count(),
		store.find({ state: "open", allowlisted: false, sort: "confidence", limit: MOST_HOSTS }),
		store.ask("details", "newestEvents", MOST_EVENTS),
	]);
	const status = view.status();
	return {
		at: sender.now() * 1000,
		...statistics,
		byNetwork: [...statistics.byNetwork],
		byCoin: [...statistics.byCoin],
		byPool: [...statistics.byPool],
		strip: [...statistics.strip],
		hosts: page.incidents.map(incidentRow),
		events,
		inputs: [...status.inputs],
		problems: problemsOf(status, store.health()),
	};
}
