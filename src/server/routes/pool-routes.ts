import { createRoute, z } from "@hono/zod-openapi";
import type { Incident } from "../../incident/incident.ts";
import type { PoolListPage } from "../../store/pool-list.ts";
import { answers, jsonBody, newRoutes } from "../answers.ts";
import type { PoolDetail, PoolRow, ProbeTarget } from "../api-types.ts";
import { audit, type ServerContext } from "../context.ts";
import { PROBE_LIMIT, type Prober } from "../daemon-view.ts";
import { notFound, Refusal } from "../refusal.ts";
import {
	endpointSchema,
	poolDetailSchema,
	poolPageSchema,
	poolQuerySchema,
	probePlanSchema,
	probeResultSchema,
} from "../schemas/pool.ts";
import { SharedAnswers } from "../shared-answers.ts";

const tags = ["pools"];
/** Incidents of a pool that are searched for its addresses. */
const MOST_SEARCHED = 1000;

const listPools = createRoute({
	method: "get",
	path: "/pools",
	operationId: "listPools",
	summary: "Pools of all incidents, last seen first",
	tags,
	request: { query: poolQuerySchema },
	responses: answers(poolPageSchema, "A page of pools"),
});

const readPool = createRoute({
	method: "get",
	path: "/pools/{key}",
	operationId: "readPool",
	summary: "One pool with its addresses and the hosts that were seen there",
	tags,
	request: { params: z.object({ key: z.string().max(500) }) },
	responses: answers(poolDetailSchema, "The pool"),
});

const planProbe = createRoute({
	method: "post",
	path: "/probes/plan",
	operationId: "planProbe",
	summary: "What a probe would send; nothing is sent",
	tags,
	request: { body: jsonBody(endpointSchema) },
	responses: answers(probePlanSchema, "The plan"),
});

const probe = createRoute({
	method: "post",
	path: "/probes",
	operationId: "probe",
	summary: "Ask a server of an incident whether it is a pool",
	tags,
	request: { body: jsonBody(endpointSchema) },
	responses: answers(probeResultSchema, "What was found"),
});

export function poolRoutes(context: ServerContext) {
	const { view, hub, limits } = context;
	const { store, sender } = view;
	const pages = new SharedAnswers<PoolListPage>({ most: 10_000, mostAfterChange: 2000 }, sender.now);
	hub.onChange(() => pages.change());

	return newRoutes()
		.openapi(listPools, async (c) => {
			const { text, limit, cursor } = c.req.valid("query");
			const query = {
				...(text !== undefined && { text }),
				...(limit !== undefined && { limit }),
				...(cursor !== undefined && { cursor }),
			};
			const { pools, next } = await pages.get(JSON.stringify(query), () => store.ask("details", "pools", query));
			return c.json({ pools: pools.map(plainRow), ...(next !== undefined && { next }) }, 200);
		})
		.openapi(readPool, async (c) => c.json(await detailOf(c.req.valid("param").key), 200))
		.openapi(planProbe, async (c) => {
			const target = await knownTarget(c.req.valid("json"));
			return c.json(proberOf().plan(target), 200);
		})
		.openapi(probe, async (c) => {
			const prober = proberOf();
			const target = await knownTarget(c.req.valid("json"));
			const wait = limits.probes.attempt("all", sender.now());
			if (wait > 0) {
				const retryAfter = Math.ceil(wait / 1000);
				throw new Refusal(429, "too-many-probes", `too many probes; try again in ${retryAfter} s`, { retryAfter });
			}
			await audit(context, c, "probe", endpointText(target), target.serverName ?? "");
			const result = await prober.probe(target, AbortSignal.timeout(PROBE_LIMIT));
			return c.json(result, 200);
		});

	function proberOf(): Prober {
		if (view.prober) return view.prober;
		throw new Refusal(403, "probing-disabled", "the configuration does not permit probing");
	}

	/** Only servers of incidents are probed: this server must not become a scanner of others. */
	async function knownTarget(target: z.output<typeof endpointSchema>): Promise<ProbeTarget> {
		const { address, port, serverName } = target;
		const keys = [endpointText(target), ...(serverName === undefined ? [] : [serverName.toLowerCase()])];
		const page = await store.find({ pool: keys, limit: MOST_SEARCHED });
		const isKnown = page.incidents.some(({ pools }) =>
			pools.some((pool) => pool.address === address && pool.port === port && pool.serverName === serverName),
		);
		if (!isKnown) throw notFound("server in an incident");
		return { address, port, ...(serverName !== undefined && { serverName }) };
	}

	async function detailOf(key: string): Promise<PoolDetail> {
		const [{ pools }, hosts, page] = await Promise.all([
			store.ask("details", "pools", { key, limit: 1 }),
			store.ask("details", "hostsAtPool", key),
			store.find({ pool: [key], limit: MOST_SEARCHED }),
		]);
		if (pools[0] === undefined) throw notFound("pool");
		return { pool: plainRow(pools[0]), ...knownOf(key, page.incidents), hosts };
	}
}

function knownOf(key: string, incidents: readonly Incident[]) {
	const seen = incidents.flatMap(({ pools }) => pools.filter((pool) => pool.key === key));
	const name = seen.find((pool) => pool.pool !== undefined)?.pool;
	const addresses = new Map(
		seen.map(({ address, port, serverName }) => [
			endpointText({ address, port }),
			{ address, port, ...(serverName !== undefined && { serverName }) },
		]),
	);
	return {
		...(name !== undefined && { name }),
		addresses: [...addresses.values()],
		protocols: [...new Set(seen.flatMap(({ protocol }) => protocol ?? []))],
	};
}

function plainRow({ coins, ...rest }: PoolListPage["pools"][number]): PoolRow {
	return { ...rest, coins: [...coins] };
}

/** The key of a pool without a server name. */
function endpointText({ address, port }: { readonly address: string; readonly port: number }): string {
	return `${address}:${port}`;
}
