import fc from "fast-check";
import type { Incident, IncidentEvent, PoolOfIncident } from "../incident/incident.ts";
import type { Notification } from "./notification.ts";
import type { Sender } from "./notification-format.ts";
import type { Message, Transport } from "./transport.ts";

/** 2026-11-22T07:28:03.123456Z in microseconds. */
export const SAMPLE_TIME = 1_795_332_483_123_456;

export const sampleSender: Sender = {
	sensor: "sensor-1.example",
	version: "1.2.3",
	now: () => SAMPLE_TIME / 1000 + 60,
};

export function samplePool(changes: Partial<PoolOfIncident> = {}): PoolOfIncident {
	return {
		key: "xmr.pool.example",
		address: "203.0.113.77",
		port: 3333,
		serverName: "xmr.pool.example",
		firstSeen: SAMPLE_TIME - 480_000_000,
		lastSeen: SAMPLE_TIME,
		flows: 12,
		packets: 238,
		bytesToPool: 14_500,
		bytesToMiner: 30_210,
		protocol: "stratum",
		coin: "Monero",
		software: "XMRig/6.21",
		walletPrefix: "48edfHu7",
		clientPorts: 3,
		signals: [
			{ signal: "payload", flows: 2, mass: 1, words: "the payload speaks Stratum" },
			{ signal: "shape", flows: 10, mass: 0.7, words: "packets keep the rhythm of a miner" },
		],
		slicesJudged: 5,
		slicesAgreeing: 5,
		probability: 0.97,
		outcome: "working",
		...changes,
	};
}

export function sampleIncident(changes: Partial<Incident> = {}): Incident {
	return {
		id: "5f0c7d3a9b1e4f62",
		sequence: 3,
		host: { address: "10.20.30.40", network: "HPC cluster" },
		role: "miner",
		state: "open",
		confidence: "confirmed",
		score: 0.93,
		opened: SAMPLE_TIME - 480_000_000,
		lastSeen: SAMPLE_TIME,
		flows: 12,
		packets: 238,
		bytesToPool: 14_500,
		bytesToMiner: 30_210,
		pools: [samplePool()],
		furtherPools: 0,
		signals: [{ signal: "payload", flows: 2, mass: 1, words: "the payload speaks Stratum" }],
		inputs: ["live:eth0"],
		allowedBy: [],
		...changes,
	};
}

export function sampleEvent(changes: Partial<IncidentEvent> = {}): IncidentEvent {
	const incident = changes.incident ?? sampleIncident();
	return {
		kind: "opened",
		sequence: incident.sequence,
		at: SAMPLE_TIME,
		words: "The payload speaks Stratum.",
		...changes,
		incident,
	};
}

/** Event number `sequence` of an incident. */
export function numberedEvent(sequence: number, id = "5f0c7d3a9b1e4f62"): IncidentEvent {
	return sampleEvent({ kind: "grown", sequence, incident: sampleIncident({ id, sequence }) });
}

const NASTY = [
	"\x1b[31m",
	"\x9b2J",
	"\n",
	"\r\n",
	"\t",
	"\0",
	'"',
	"'",
	"\\",
	"|",
	"=",
	"]",
	"<b>",
	"&amp;",
	"@channel",
	",",
];
const NASTIER = [
	"*_`~",
	"CEF:0|x|",
	"#fields",
	"-",
	"(empty)",
	"\u202e",
	"\u2028",
	"\ud800",
	"\udc00x",
	"😀",
	"é",
	"<!here>",
];

/** Text as an attacker would send it. */
export const hostileText: fc.Arbitrary<string> = fc
	.array(fc.oneof(fc.constantFrom(...NASTY, ...NASTIER), fc.string({ unit: "binary", maxLength: 5 })), {
		minLength: 1,
		maxLength: 12,
	})
	.map((parts) => parts.join(""))
	.filter((text) => text !== "");

/** Collects what is sent; fails as the test says. */
export class RecordingTransport implements Transport {
	readonly sent: Notification[][] = [];
	closed = false;
	readonly #answer: (message: Message, signal: AbortSignal) => Promise<void>;

	constructor(answer: (message: Message, signal: AbortSignal) => Promise<void> = async () => {}) {
		this.#answer = answer;
	}

	async send(message: Message, signal: AbortSignal): Promise<void> {
		await this.#answer(message, signal);
		this.sent.push([...message.notifications]);
	}

	async close(): Promise<void> {
		this.closed = true;
	}
}

/** Resolves when the condition holds; rejects after `limitMs`. */
export async function eventually(condition: () => boolean | Promise<boolean>, limitMs = 10_000): Promise<void> {
	const end = Date.now() + limitMs;
	while (!(await condition())) {
		if (Date.now() > end) throw new Error("the condition did not become true in time");
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}
