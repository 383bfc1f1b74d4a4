import type { Evidence } from "../../detect/evidence.ts";
import type { PacketList, Sighting } from "../../incident/sighting.ts";
import { DEMO_HOSTS, type DemoHost } from "./demo-hosts.ts";

const MINUTE = 60e6;
/** Flows are reported once in five minutes, as with an active timeout of 300 s. */
const FLOW = 5 * MINUTE;
const MOST_PACKETS = 30;
/** Threshold of the default model for shape. */
const THRESHOLD = 0.9138;

/** Two hours of sightings that end at `end` (microseconds), in order of time. The same `end` gives the same sightings. */
export function demoSightings(end: number): Sighting[] {
	const begin = end - 120 * MINUTE;
	return DEMO_HOSTS.flatMap((host, k) => flowsOf(host, begin, end, randomNumbers(k + 1))).sort((a, b) => a.at - b.at);
}

function flowsOf(host: DemoHost, begin: number, end: number, random: () => number): Sighting[] {
	const flows: Sighting[] = [];
	const until = Math.min(begin + host.until * MINUTE, end);
	for (let at = begin + host.from * MINUTE; at + MINUTE < until; at += FLOW) {
		flows.push(sightingOf(host, at, Math.min(at + FLOW - 1e6 * random(), until), flows.length === 0, random));
	}
	return flows;
}

function sightingOf(host: DemoHost, begin: number, at: number, isFirst: boolean, random: () => number): Sighting {
	const probability = host.probability && Math.min(0.9999, host.probability + 0.03 * (random() - 0.5));
	const packets = packetsOf(host, begin, at, isFirst, random);
	const rate = (at - begin) / 1e6;
	const [jobs, shares] = [Math.ceil(rate / host.jobEvery), Math.ceil(rate / host.shareEvery)];
	const { serverName, coin, software, protocol } = host;
	return {
		at,
		begin,
		input: host.input,
		miner: { address: host.address, port: 40_000 + (Math.floor(begin / FLOW) % 20_000) },
		pool: host.pool,
		protocol: 6,
		bytesToPool: shares * 320 + jobs * 60,
		bytesToMiner: jobs * (host.job + 60) + shares * 160,
		packetsToPool: 2 * shares + jobs,
		packetsToMiner: jobs + shares,
		...(serverName && { serverName }),
		decidedBy: protocol ? "stratum" : host.words ? "dst" : "ml",
		explanation: {
			evidence: evidenceOf(host, probability, random),
			minerIsSource: true,
			...(protocol && { miningProtocol: protocol }),
			...(coin && { coin }),
			...(software && { software }),
			...(probability !== undefined && { probability, score: probability }),
		},
		...(protocol && { outcome: "working" as const, walletPrefix: "48edf" }),
		packets,
	};
}

function evidenceOf(host: DemoHost, probability: number | undefined, random: () => number): Evidence[] {
	const { protocol, serverName, words } = host;
	const isMonero = protocol === "monero-stratum";
	return [
		...(protocol
			? ([
					{
						signal: "payload",
						direction: "forward",
						protocol,
						message: isMonero ? "login" : "mining.subscribe",
						excerpt: isMonero
							? `{"id":1,"method":"login","params":{"login":"48edf…","agent":"${host.software}"}}`
							: `{"id":1,"method":"mining.subscribe","params":["${host.software}"]}`,
					},
					{
						signal: "payload",
						direction: "reverse",
						protocol,
						message: isMonero ? "job" : "mining.notify",
						excerpt: isMonero ? '{"method":"job","params":{"job_id":"…"}}' : '{"method":"mining.notify","params":[…]}',
					},
				] as const)
			: []),
		...(serverName && words ? [{ signal: "server-name" as const, name: serverName, words, mass: 0.8 }] : []),
		...(probability === undefined
			? []
			: [
					{
						signal: "shape" as const,
						probability,
						threshold: THRESHOLD,
						features: [
							{ name: "PUSH_LENGTH", value: host.job, effect: 0.09 + 0.02 * random() },
							{ name: "JOB_BYTES", value: host.job, effect: 0.07 + 0.02 * random() },
							{ name: "REPLY_SURPLUS", value: 110, effect: 0.045 },
							{ name: "BURST_BYTES_VARIATION", value: 0.7 + 0.3 * random(), effect: -0.04 * random() },
							{ name: "RECEIVED_LENGTH_MIN", value: 62, effect: -0.03 },
						],
					},
				]),
	];
}

/** A login, then jobs that the pool pushes and shares that the miner sends and the pool answers. */
function packetsOf(host: DemoHost, begin: number, end: number, isFirst: boolean, random: () => number): PacketList {
	const packets: [time: number, direction: number, length: number][] = [];
	const vary = (length: number) => Math.round(length * (0.97 + 0.06 * random()));
	if (isFirst) packets.push([0.04, 1, vary(260)], [0.09, -1, vary(host.job + 90)]);
	for (let time = host.jobEvery * random(); time < (end - begin) / 1e6; time += host.jobEvery * (0.5 + random())) {
		packets.push([time, -1, vary(host.job)]);
	}
	for (
		let time = host.shareEvery * random();
		time < (end - begin) / 1e6;
		time += -Math.log(1 - random()) * host.shareEvery
	) {
		packets.push([time, 1, vary(190)], [time + 0.03 + 0.02 * random(), -1, vary(64)]);
	}
	const listed = packets.sort(([a], [b]) => a - b).slice(0, MOST_PACKETS);
	return {
		times: listed.map(([time]) => Math.round(begin + time * 1e6)),
		directions: listed.map(([, direction]) => direction),
		lengths: listed.map(([, , length]) => length),
	};
}

/** Numbers from 0 to 1, always the same for a seed: a linear congruential generator (Numerical Recipes, 7.1). */
function randomNumbers(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}
