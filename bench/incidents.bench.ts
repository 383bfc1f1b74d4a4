import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Random } from "../lab/random.ts";
import type { Sighting } from "../src/incident/sighting.ts";
import { IncidentTracker } from "../src/incident/tracker.ts";
import { StoreEngine } from "../src/store/store-engine.ts";

/**
 * Incidents at their bounds: 100,000 open ones with 1 million sightings through tracker and store (without its thread),
 * and the tracker's memory when 10 million hosts are seen once each. `BENCH_SHARE=0.1` runs a tenth of it.
 */
const SHARE = Number(process.env.BENCH_SHARE ?? 1);
const HOSTS = Math.round(100_000 * SHARE);
const SIGHTINGS = 10 * HOSTS;
const MANY_HOSTS = Math.round(10_000_000 * SHARE);
const BATCH = 1000;
const BEGIN = 1_780_000_000_000_000;
/** Microseconds between two sightings of the run: all of them within one hour, so that no incident closes. */
const STEP = Math.floor(3000e6 / SIGHTINGS);

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const random = new Random(22);

const folder = mkdtempSync(join(tmpdir(), "decrypto-bench-"));
try {
	trackAndStore(join(folder, "incidents.db"));
	seeManyHosts();
} finally {
	rmSync(folder, { recursive: true });
}

function trackAndStore(path: string): void {
	const tracker = new IncidentTracker();
	const engine = new StoreEngine(path, {}, 0);
	let tracking = 0;
	let storing = 0;
	for (let first = 0; first < SIGHTINGS; first += BATCH) {
		const sightings = Array.from({ length: BATCH }, (_, i) =>
			sightingOf((first + i) % HOSTS, BEGIN + (first + i) * STEP),
		);
		tracking += timed(() => {
			for (const sighting of sightings) tracker.add(sighting);
		});
		const output = tracker.take();
		storing += timed(() => engine.record(output, 0));
	}
	tracking += timed(() => tracker.flush());
	const rest = { ...tracker.take(), snapshot: tracker.snapshot() };
	storing += timed(() => engine.record(rest, 0));
	console.log(`${tracker.openIncidents} open incidents, ${SIGHTINGS} sightings`);
	console.log(`tracker: ${perSighting(tracking)} a sighting`);
	console.log(`store: ${perSighting(storing)} a sighting, in batches of ${BATCH}`);
	const now = BEGIN + 3600e6;
	for (const [name, ask] of [
		["first page", () => engine.find({})],
		["page by host and state", () => engine.find({ state: "open", sort: "host" })],
		["full-text search", () => engine.find({ text: "pool17" })],
		["statistics", () => engine.statistics(now)],
	] as const) {
		console.log(`${name}: ${timed(ask).toFixed(1)} ms`);
	}
	engine.close(0);
	console.log(`file: ${megabytes(statSync(path).size)}, ${Math.round(statSync(path).size / HOSTS)} bytes an incident`);
	const restart = timed(() => {
		const reopened = new StoreEngine(path, {}, 0);
		new IncidentTracker({}, reopened.recall());
		reopened.close(0);
	});
	console.log(`restart: ${restart.toFixed(0)} ms until the tracker goes on`);
}

function seeManyHosts(): void {
	collectGarbage();
	const before = process.memoryUsage().heapUsed;
	const tracker = new IncidentTracker();
	const elapsed = timed(() => {
		for (let host = 0; host < MANY_HOSTS; host++) {
			tracker.add(sightingOf(host, BEGIN + host * 100));
			if (host % BATCH === 0) tracker.take();
		}
	});
	tracker.take();
	collectGarbage();
	const used = process.memoryUsage().heapUsed - before;
	const { closedEarly } = tracker.counters;
	console.log(
		`${MANY_HOSTS} hosts: ${megabytes(used)} of heap, ${tracker.openIncidents} open, ${closedEarly} closed early`,
	);
	console.log(`${((1000 * elapsed) / MANY_HOSTS).toFixed(1)} µs a host`);
}

function sightingOf(host: number, at: number): Sighting {
	const pool = random.integer(0, 99);
	return {
		at,
		begin: at - 60e6,
		input: "bench",
		miner: {
			address: `10.${(host >> 16) & 255}.${(host >> 8) & 255}.${host & 255}`,
			port: random.integer(1024, 65_535),
		},
		pool: { address: `203.0.113.${host % 100}`, port: 443 },
		protocol: 6,
		bytesToPool: 1000,
		bytesToMiner: 4000,
		packetsToPool: 10,
		packetsToMiner: 12,
		serverName: `pool${host % 100}.example`,
		decidedBy: "ml",
		explanation: {
			evidence: [{ signal: "shape", probability: 0.9 + pool / 1000, threshold: 0.85, features: [] }],
			minerIsSource: true,
		},
	};
}

function timed(work: () => unknown): number {
	const begin = performance.now();
	work();
	return performance.now() - begin;
}

function perSighting(milliseconds: number): string {
	return `${((1000 * milliseconds) / SIGHTINGS).toFixed(1)} µs`;
}

function megabytes(bytes: number): string {
	return `${(bytes / 1e6).toFixed(0)} MB`;
}
