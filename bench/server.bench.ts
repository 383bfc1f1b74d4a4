import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../lab/random.ts";
import { FakeDaemon } from "../src/server/fake-daemon.testing.ts";
import { webSchema } from "../src/server/web-schema.ts";
import { WebServer } from "../src/server/web-server.ts";
import { benchSighting, fillWithIncidents } from "./many-incidents.ts";

/**
 * The API with 100,000 incidents stored: 50 readers at once and a client of live events, while a miner appears every second.
 * Readers run in this process, so that the times contain their own work. `BENCH_SHARE=0.1` stores a tenth;
 * `BENCH_STORE=FILE` keeps the store, and measures again without filling it.
 */
const SHARE = Number(process.env.BENCH_SHARE ?? 1);
const INCIDENTS = Math.round(100_000 * SHARE);
const SIGHTINGS_EACH = 10;
const READERS = 50;
const SECONDS = 20;
const random = new Random(24);

/** What a person at the UI asks for, with its share of all requests in twentieths. */
const QUESTIONS: readonly (readonly [name: string, share: number, path: () => string])[] = [
	["now", 4, () => "now"],
	["first page", 4, () => "incidents?state=open"],
	["filtered page", 4, () => "incidents?confidence=confirmed&coin=Monero"],
	["sorted page", 2, () => "incidents?sort=flows"],
	["search", 2, () => `incidents?text=pool${random.integer(0, 499)}`],
	["pools", 1, () => "pools"],
	["incident", 3, () => `incidents/${identifiers[random.integer(0, identifiers.length - 1)]}`],
];

const ASKED = QUESTIONS.flatMap((question) => Array.from({ length: question[1] }, () => question));

/** When the last miner appeared, by the clock of `performance`. */
let appeared = 0;

const folder = mkdtempSync(join(tmpdir(), "decrypto-bench-"));
const identifiers: string[] = [];
const daemon = await FakeDaemon.open(process.env.BENCH_STORE ?? join(folder, "incidents.db"));
daemon.clock = Date.now();
const server = new WebServer({ view: daemon, config: webSchema.parse({ listen: "127.0.0.1:0" }), warn: console.error });
try {
	if ((await daemon.store.count()) === 0) await fill();
	const page = await daemon.store.find({ limit: 1000 });
	identifiers.push(...page.incidents.map(({ id }) => id));
	await server.start();
	await read();
} finally {
	await server[Symbol.asyncDispose]();
	await daemon[Symbol.asyncDispose]();
	rmSync(folder, { recursive: true });
}

async function fill(): Promise<void> {
	const began = performance.now();
	await fillWithIncidents(daemon, INCIDENTS, SIGHTINGS_EACH);
	const count = await daemon.store.count();
	const seconds = ((performance.now() - began) / 1000).toFixed(0);
	console.log(`${count} incidents, ${INCIDENTS * SIGHTINGS_EACH} sightings stored in ${seconds} s`);
}

async function read(): Promise<void> {
	const times = new Map(QUESTIONS.map(([name]): [string, number[]] => [name, []]));
	const heard = listen();
	const end = performance.now() + SECONDS * 1000;
	const miners = appear(end);
	const before = process.cpuUsage();
	await Promise.all(Array.from({ length: READERS }, () => reader(times, end)));
	await miners;
	const { user, system } = process.cpuUsage(before);
	const all = [...times.values()].flat();
	console.log(`${READERS} readers at once: ${Math.round(all.length / SECONDS)} requests a second`);
	const milliseconds = (user + system) / 1000;
	console.log(`processor: ${(milliseconds / all.length).toFixed(1)} ms a request, with store, tracker and readers`);
	for (const [name, values] of [...times, ["all", all] as const]) {
		const [p50, p99, most] = [quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)];
		console.log(`${name}: p50 ${p50} ms, p99 ${p99} ms, longest ${most} ms (${values.length} requests)`);
	}
	console.log(`live event: p50 ${quantile(heard.delays, 0.5)} ms, longest ${quantile(heard.delays, 1)} ms`);
	heard.stop();
	for (const [name, , path] of QUESTIONS) {
		const began = performance.now();
		await ask(path());
		console.log(`${name} alone: ${(performance.now() - began).toFixed(1)} ms`);
	}
}

/** A person who looks at something new about twice a second. */
async function reader(times: Map<string, number[]>, end: number): Promise<void> {
	while (performance.now() < end) {
		const [name, , path] = random.pick(ASKED);
		const began = performance.now();
		await ask(path());
		times.get(name)!.push(performance.now() - began);
		await new Promise((resolve) => setTimeout(resolve, 1000 * random.next()));
	}
}

async function ask(path: string): Promise<void> {
	const response = await fetch(new URL(`api/v1/${path}`, server.url));
	if (!response.ok) throw new Error(`${path}: ${response.status}`);
	await response.arrayBuffer();
}

async function appear(end: number): Promise<void> {
	for (let host = INCIDENTS; performance.now() < end; host++) {
		appeared = performance.now();
		await daemon.see([benchSighting(host, 0)]);
		await new Promise((resolve) => setTimeout(resolve, 1000));
	}
}

/** Hears the live events, and how long after the sighting each came. */
function listen() {
	const delays: number[] = [];
	const aborting = new AbortController();
	const hear = async () => {
		const response = await fetch(new URL("api/v1/events", server.url), { signal: aborting.signal });
		for await (const bytes of response.body!) {
			if (Buffer.from(bytes).includes("event: incident")) delays.push(performance.now() - appeared);
		}
	};
	hear().catch((error) => {
		if (!aborting.signal.aborted) throw error;
	});
	return { delays, stop: () => aborting.abort() };
}

function quantile(values: readonly number[], share: number): string {
	const sorted = values.toSorted((a, b) => a - b);
	return (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN).toFixed(1);
}
