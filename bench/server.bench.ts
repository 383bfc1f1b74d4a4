import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../lab/random.ts";
import type { Sighting } from "../src/incident/sighting.ts";
import { FakeDaemon } from "../src/server/fake-daemon.testing.ts";
import { webSchema } from "../src/server/web-schema.ts";
import { WebServer } from "../src/server/web-server.ts";

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
const BEGIN = Math.floor(Date.now() / 3_600_000) * 3600e6 - 3600e6;
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
	for (let first = 0; first < INCIDENTS; first += 1000) {
		const hosts = Array.from({ length: Math.min(1000, INCIDENTS - first) }, (_, i) => first + i);
		await daemon.see(hosts.flatMap((host) => Array.from({ length: SIGHTINGS_EACH }, (_, k) => sightingOf(host, k))));
	}
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
		await daemon.see([sightingOf(host, 0)]);
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

function sightingOf(host: number, k: number): Sighting {
	const pool = host % 500;
	const isStratum = host % 3 === 0;
	const at = BEGIN + (host % 3000) * 1e6 + k * 30e6;
	return {
		at,
		begin: at - 20e6,
		input: "bench",
		miner: { address: `10.${host >> 16}.${(host >> 8) & 255}.${host & 255}`, port: 50_000 + k },
		pool: { address: `198.51.${pool >> 8}.${pool & 255}`, port: 3333 },
		protocol: 6,
		bytesToPool: 1500,
		bytesToMiner: 4000,
		packetsToPool: 10,
		packetsToMiner: 12,
		serverName: `pool${pool}.example`,
		decidedBy: isStratum ? "stratum" : "ml",
		explanation: {
			evidence: isStratum
				? [{ signal: "payload", direction: "reverse", protocol: "monero-stratum", message: "job", excerpt: "{}" }]
				: [{ signal: "shape", probability: 0.9, threshold: 0.8, features: [] }],
			minerIsSource: true,
			...(isStratum && { coin: "Monero", miningProtocol: "monero-stratum" }),
		},
		packets: {
			lengths: Array.from({ length: 30 }, (_, i) => 100 + i),
			directions: Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? 1 : -1)),
			times: Array.from({ length: 30 }, (_, i) => at - 20e6 + i * 600_000),
			flags: Array.from({ length: 30 }, () => 24),
		},
	};
}

function quantile(values: readonly number[], share: number): string {
	const sorted = values.toSorted((a, b) => a - b);
	return (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN).toFixed(1);
}
