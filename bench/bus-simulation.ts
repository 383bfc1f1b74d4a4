import { Random } from "../lab/random.ts";

/**
 * What limits first when the load is 1,000 times that of one machine: partitions, skewed hosts, workers that fail, and the
 * time until those who take over have caught up. Deterministic: `node bench/bus-simulation.ts`.
 *
 * Time goes in steps of a second. Hosts send flows in proportion to a Zipf law; a host belongs to one partition, a partition
 * to one worker. A worker decides `WORKER_RATE` flows a second at most. A worker that fails leaves its partitions for
 * `TAKEOVER_S`; who takes one over decides again what came since the last snapshot.
 */
const WORKER_RATE = 50_000;
const TAKEOVER_S = 7;
const SNAPSHOT_S = 60;
const RUN_S = 3600;
const HOSTS = 200_000;

interface Scenario {
	readonly name: string;
	/** Flows per second of the whole network. */
	readonly load: number;
	readonly partitions: number;
	readonly workers: number;
	/** Exponent of the Zipf law: 0 is no skew, 1 the skew of busy hosts. */
	readonly skew: number;
	/** Seconds between two failures of any worker; a failed worker is back after 60 s. */
	readonly failureEvery: number;
}

const LOAD = 25_000;
const SCENARIOS: readonly Scenario[] = [
	{ name: "one machine's load", load: LOAD, partitions: 16, workers: 2, skew: 0.6, failureEvery: 600 },
	{
		name: "1,000 times, 16 partitions",
		load: 1000 * LOAD,
		partitions: 16,
		workers: 1000,
		skew: 0.6,
		failureEvery: 600,
	},
	{
		name: "1,000 times, 1,024 partitions",
		load: 1000 * LOAD,
		partitions: 1024,
		workers: 1024,
		skew: 0.6,
		failureEvery: 60,
	},
	{
		name: "the same, hosts more skewed",
		load: 1000 * LOAD,
		partitions: 1024,
		workers: 1024,
		skew: 1,
		failureEvery: 60,
	},
	{
		name: "the same, half the workers",
		load: 1000 * LOAD,
		partitions: 1024,
		workers: 512,
		skew: 0.6,
		failureEvery: 60,
	},
	{
		name: "100 times, 1,024 partitions",
		load: 100 * LOAD,
		partitions: 1024,
		workers: 128,
		skew: 0.6,
		failureEvery: 60,
	},
	{
		name: "100 times, failures each 10 s",
		load: 100 * LOAD,
		partitions: 1024,
		workers: 128,
		skew: 0.6,
		failureEvery: 10,
	},
];

for (const scenario of SCENARIOS) report(scenario);

function report(scenario: Scenario): void {
	const shares = partitionShares(scenario);
	const hottest = Math.max(...shares) * scenario.load;
	const { lagging, worstLag, busiest } = simulate(scenario, shares);
	console.log(
		`${scenario.name}: ${scenario.workers} workers; hottest partition ${(hottest / WORKER_RATE).toFixed(2)} of a worker, ` +
			`busiest worker ${(busiest / WORKER_RATE).toFixed(2)}; worst lag ${worstLag.toFixed(0)} s, ` +
			`${((100 * lagging) / scenario.partitions).toFixed(1)} % of the partitions behind at the end` +
			`${limit(hottest, busiest)}`,
	);
}

function limit(hottest: number, busiest: number): string {
	if (hottest > WORKER_RATE) return "; limit: one partition is more than a worker decides";
	return busiest > WORKER_RATE ? "; limit: too few workers" : "";
}

/** The part of all flows that each partition gets. */
function partitionShares({ partitions, skew }: Scenario): Float64Array {
	const random = new Random(27);
	const shares = new Float64Array(partitions);
	let total = 0;
	for (let rank = 1; rank <= HOSTS; rank++) {
		const weight = rank ** -skew;
		shares[random.integer(0, partitions - 1)]! += weight;
		total += weight;
	}
	return shares.map((share) => share / total);
}

interface Result {
	/** Partitions that are more than 10 s behind at the end, and the worst time behind of any. */
	readonly lagging: number;
	readonly worstLag: number;
	/** Flows per second of the worker with most, all workers alive. */
	readonly busiest: number;
}

function simulate({ load, partitions, workers, failureEvery }: Scenario, shares: Float64Array): Result {
	const random = new Random(28);
	const owners = Int32Array.from({ length: partitions }, (_, p) => p % workers);
	const backlog = new Float64Array(partitions);
	const freeFrom = new Float64Array(partitions);
	const deadUntil = new Float64Array(workers);
	const rates = shares.map((share) => share * load);
	const busiest = Math.max(...workerLoads(owners, rates, workers));
	let worstLag = 0;
	let nextFailure = random.exponential(failureEvery);
	for (let now = 0; now < RUN_S; now++) {
		for (; nextFailure <= now; nextFailure += random.exponential(failureEvery)) {
			const failed = random.integer(0, workers - 1);
			deadUntil[failed] = now + 60;
			moveAway(failed, now);
		}
		decide(now);
		for (let p = 0; p < partitions; p++) worstLag = Math.max(worstLag, backlog[p]! / rates[p]!);
	}
	return { lagging: backlog.filter((flows, p) => flows > 10 * rates[p]!).length, worstLag, busiest };

	/** Partitions of a dead worker go to living ones in turn, which replay what came since the last snapshot. */
	function moveAway(failed: number, now: number): void {
		let next = failed;
		for (let p = 0; p < partitions; p++) {
			if (owners[p] !== failed) continue;
			do next = (next + 1) % workers;
			while (deadUntil[next]! > now && next !== failed);
			owners[p] = next;
			freeFrom[p] = now + TAKEOVER_S;
			backlog[p]! += rates[p]! * random.uniform(0, SNAPSHOT_S);
		}
	}

	/** Every worker divides its second among its partitions in proportion to what waits. */
	function decide(now: number): void {
		const waiting = new Float64Array(workers);
		for (let p = 0; p < partitions; p++) {
			backlog[p]! += rates[p]!;
			if (freeFrom[p]! <= now) waiting[owners[p]!]! += backlog[p]!;
		}
		for (let p = 0; p < partitions; p++) {
			if (freeFrom[p]! > now) continue;
			const share = Math.min(1, WORKER_RATE / waiting[owners[p]!]!);
			backlog[p]! *= 1 - share;
		}
		// A worker that is back takes its turn again.
		for (let p = 0; p < partitions; p++) {
			const home = p % workers;
			if (owners[p] !== home && deadUntil[home]! < now) owners[p] = home;
		}
	}
}

function workerLoads(owners: Int32Array, rates: Float64Array, workers: number): Float64Array {
	const loads = new Float64Array(workers);
	for (let p = 0; p < owners.length; p++) loads[owners[p]!]! += rates[p]!;
	return loads;
}
