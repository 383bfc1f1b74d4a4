import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import type { Flow } from "../flow/flow.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import { arbitraryFlow } from "../flow/testing.ts";
import { detect } from "./detect.ts";
import { createDetectMemory, createDetector } from "./detector.ts";
import { explain } from "./explain.ts";
import { tensOfBytesModel } from "./model.testing.ts";
import { DEFAULT_CONVERSATIONS, DEFAULT_OPTIONS, type DetectOptions } from "./options.ts";
import { arbitraryShapelyFlow } from "./shapely-flow.testing.ts";
import { REASON, VerdictColumns } from "./verdicts.ts";

const [any] = fc.sample(arbitraryShapelyFlow(), { seed: 5, numRuns: 1 });
/** An ordinary flow between two hosts; its shape says 0.3 (see the model). */
const flow: Flow = {
	...any!,
	sourceAddress: "10.0.0.1",
	destinationAddress: "192.0.2.1",
	sourcePort: 50_000,
	destinationPort: 443,
	protocol: 6,
	bytes: 35,
	timeFirst: 1e15,
	timeLast: 1e15 + 1e6,
	packetLengths: [80, 120, 90],
	packetDirections: [1, -1, 1],
	packetFlags: [24, 24, 24],
	packetTimes: [1e15, 1e15 + 5e5, 1e15 + 1e6],
	payload: new Uint8Array(),
	payloadReverse: new Uint8Array(),
	serverName: "",
};
const short: Partial<Flow> = { packets: 5, packetsReverse: 4 };
const encoder = new TextEncoder();
const LOGIN = encoder.encode(
	'{"id":1,"jsonrpc":"2.0","method":"login","params":{"login":"48abcdef","pass":"x","agent":"XMRig/6.21.0"}}\n',
);
const JOB = encoder.encode(
	'{"jsonrpc":"2.0","method":"job","params":{"blob":"0e0e","job_id":"x","target":"b88d0600","algo":"rx/0"}}\n',
);

function decide(flows: readonly Flow[], options: Partial<DetectOptions> = {}, model = tensOfBytesModel()) {
	const settings = { ...DEFAULT_OPTIONS, ...options };
	const detector = createDetector(model, settings);
	const memory = createDetectMemory(settings);
	const verdictColumns = new VerdictColumns(settings);
	const columns = columnsOfFlows(flows);
	const verdicts = detect(columns, detector, memory, verdictColumns);
	return {
		reasons: [...verdicts.reasons.subarray(0, flows.length)],
		miners: [...verdicts.miners.subarray(0, verdicts.minerCount)],
		skipped: [...verdicts.skipped.subarray(0, flows.length)],
		explanation: (i: number) => explain(columns, i, verdicts, detector),
		counters: memory.counters,
		verdicts,
		detector,
	};
}

test("payload that speaks a mining protocol decides alone, however short the flow, in either direction", () => {
	const { reasons, explanation } = decide([
		{ ...flow, ...short, payload: LOGIN },
		{ ...flow, ...short, packetsReverse: 0, payloadReverse: JOB, packetLengths: [] },
		{ ...flow, ...short, payload: encoder.encode('{"jsonrpc":"2.0","method":"initialize","params":{}}') },
	]);
	assert.deepEqual(reasons, [REASON.STRATUM, REASON.STRATUM, REASON.NONE]);
	const login = explanation(0);
	assert.equal(login.miningProtocol, "monero-stratum");
	assert.equal(login.software, "XMRig 6.21.0");
	assert.equal(login.minerIsSource, true);
	assert.equal(login.evidence[0]!.signal, "payload");
	assert.equal(explanation(1).minerIsSource, true, "the destination sends jobs: it is the pool");
	assert.equal(login.probability, undefined, "too few packets for the forest");
});

test("the sender of jobs is the pool, even if it is the flow's source", () => {
	const { explanation } = decide([{ ...flow, payload: JOB }]);
	assert.equal(explanation(0).minerIsSource, false);
});

test("an ordinary server name vetoes nothing: the forest decides as without a name", () => {
	const sure = { ...flow, bytes: 1000 };
	const { reasons, explanation } = decide([sure, { ...sure, serverName: "cdn.example.org" }, flow]);
	assert.deepEqual(reasons, [REASON.ML, REASON.ML, REASON.NONE]);
	assert.equal(explanation(1).score, undefined, "nothing was combined");
	const original = decide([{ ...sure, serverName: "cdn.example.org" }], { compat: "cython0.29" });
	assert.deepEqual(original.reasons, [REASON.NONE], "in the original it does");
});

test("the name of a pool's host decides alone, regardless of shape", () => {
	const named = { ...flow, serverName: "xmr-eu1.nanopool.org" };
	const flows = [named, { ...named, ...short }, { ...named, bytes: 5 }];
	const { reasons, explanation } = decide(flows, { dstThreshold: 0.99 });
	assert.deepEqual(reasons, [REASON.DST, REASON.DST, REASON.DST]);
	const { score, coin, pool, evidence } = explanation(1);
	assert.equal(score, 0.95, "alone: m(miner), without a share of m(Θ)");
	assert.deepEqual([coin, pool], ["Monero", "Nanopool"]);
	assert.equal(evidence.at(-1)!.signal, "combination");
	assert.equal(explanation(2).score, 0.95, "an early rejection by the cascade does not overrule it");
});

test("a weaker name is combined with the forest, and decides nothing without it", () => {
	const named = { ...flow, serverName: "minexmr.com" };
	const { reasons, explanation } = decide([named, { ...named, ...short }, { ...named, bytes: 5 }], {
		dstThreshold: 0.5,
	});
	assert.deepEqual(reasons, [REASON.DST, REASON.NONE, REASON.NONE]);
	// m(miner) = s, m(Θ) = 1 − s beside p = 0.3: p / (1 − s (1 − p)).
	assert.ok(Math.abs(explanation(0).score! - 0.3 / (1 - 0.6 * 0.7)) < 1e-12);
	assert.equal(explanation(1).score, 0.6);
	assert.equal(explanation(2).score, 0, "a forest that is sure and fully relied on cannot be overruled");
});

test("an early rejection is an upper bound: with a name, every tree is evaluated", () => {
	const { ensemble, ...others } = tensOfBytesModel();
	// Votes are log-odds here: 35 bytes get three. The stage rejects whatever has no more than four after five trees.
	const boosted = {
		...others,
		ensemble: { ...ensemble, kind: "boosted" as const, stages: [{ trees: 5, rejectAt: 4 }] },
	};
	const named = { ...flow, serverName: "minexmr.com" };
	const { reasons, explanation } = decide([flow, named], { mlThreshold: 0.5, dstThreshold: 0.5 }, boosted);
	assert.deepEqual(reasons, [REASON.NONE, REASON.DST]);
	const probability = 1 / (1 + Math.exp(-3));
	assert.equal(explanation(0).probability, 0, "the cascade rejects it");
	assert.ok(Math.abs(explanation(1).probability! - probability) < 1e-12);
	assert.ok(Math.abs(explanation(1).score! - probability / (1 - 0.6 * (1 - probability))) < 1e-12);
});

test("the web hosts of a pool are not mining, and mempool is not a pool", () => {
	const names = [
		"www.nicehash.com",
		"academy.nicehash.com",
		"ir.bitdeer.com",
		"api.2miners.com",
		"btc.mempool.example",
	];
	const flows = names.map((serverName) => ({ ...flow, ...short, serverName }));
	assert.deepEqual(
		decide(flows).reasons,
		names.map(() => REASON.NONE),
	);
});

test("positive evidence never lowers the verdict: a name, a list, packets, more probability", () => {
	const pools = {
		find: (_: Uint8Array, __: number, port: number) => (port === 443 ? { pool: "P" } : undefined),
		findName: () => undefined,
	};
	const names = ["", "example.org", "minexmr.com", "stratum.example.org", "pool.hashvault.pro", "xmr.2miners.com"];
	const isMiner = (one: Flow, options: Partial<DetectOptions>, reliability: number) =>
		decide([one], options, tensOfBytesModel({ reliability })).reasons[0] !== REASON.NONE;
	fc.assert(
		fc.property(
			fc.constantFrom(...names),
			fc.nat(110),
			fc.nat(110),
			fc.record({ mlThreshold: fc.constantFrom(0.5, 0.9, 0.97), dstThreshold: fc.constantFrom(0.03, 0.55, 0.9) }),
			fc.constantFrom(1, 0.99, 0.8),
			(serverName, bytes, more, options, reliability) => {
				const nameless = { ...flow, bytes };
				const named = { ...nameless, serverName };
				const asked = (one: Flow, extra = {}) => isMiner(one, { ...options, ...extra }, reliability);
				if (asked({ ...named, ...short })) assert.ok(asked(named), "more packets");
				if (asked(named)) assert.ok(asked({ ...named, bytes: bytes + more }), "more probability");
				if (asked(named)) assert.ok(asked(named, { pools }), "a list");
				if (asked({ ...nameless, payload: LOGIN })) assert.ok(asked({ ...named, payload: LOGIN }), "payload");
			},
		),
		{ numRuns: 400 },
	);
});

test("a server name seen in QUIC counts if TLS has none", () => {
	const quic = { ...flow, ...short, protocol: 17, quicServerName: "xmr.2miners.com" };
	assert.deepEqual(decide([quic, { ...quic, serverName: "example.org" }]).reasons, [REASON.DST, REASON.NONE]);
});

test("a discount of the forest does not change decisions that it makes alone", () => {
	const flows = Array.from({ length: 11 }, (_, tens) => ({ ...flow, bytes: tens * 10 + 5 }));
	const half = decide(flows, { mlThreshold: 0.5 }, tensOfBytesModel({ reliability: 0.5 }));
	assert.deepEqual(half.reasons, decide(flows, { mlThreshold: 0.5 }).reasons);
	const named = { ...flow, bytes: 5, serverName: "minexmr.com" };
	const { explanation } = decide([named], {}, tensOfBytesModel({ reliability: 0.5 }));
	assert.ok(explanation(0).score! > 0.5, "a forest of half its weight cannot veto a name");
});

test("thresholds are the caller's, else the model's, else 0.99 and 0.03", () => {
	const thresholds = (options: Partial<DetectOptions>, model = tensOfBytesModel()) =>
		decide([], options, model).detector.thresholds;
	assert.deepEqual(thresholds({}), { ml: 0.99, dst: 0.03 });
	const own = tensOfBytesModel({ thresholds: { ml: 0.7, dst: 0.6 } });
	assert.deepEqual(thresholds({}, own), { ml: 0.7, dst: 0.6 });
	assert.deepEqual(thresholds({ mlThreshold: 0 }, own), { ml: 0, dst: 0.6 });
	assert.deepEqual(
		thresholds({ compat: "cython3" }, own),
		{ ml: 0.99, dst: 0.03 },
		"the original knows no model's thresholds",
	);
});

test("a model with other classes or features is rejected by name", () => {
	assert.throws(() => decide([], {}, tensOfBytesModel({ classes: ["cat", "dog"] })), /cat, dog/);
	assert.throws(() => decide([], {}, tensOfBytesModel({ featureNames: ["MOOD"] })), /unknown feature MOOD/);
	const turned = tensOfBytesModel().featureNames.toReversed();
	assert.throws(
		() => decide([], { compat: "cython3" }, tensOfBytesModel({ featureNames: turned })),
		/compat needs a model/,
	);
});

test("flows that the forest cannot judge are counted by obstacle", () => {
	const { counters } = decide([
		{ ...flow, ...short },
		{ ...flow, packetsReverse: 0 },
		{ ...flow, packetTimes: [] },
		{ ...flow, packetTimes: [], packetLengths: [], packetFlags: [], packetDirections: [] },
		flow,
	]);
	assert.deepEqual([...counters.shapeObstacles], [0, 1, 1, 1, 1]);
	assert.equal(counters.flows, 5);
});

test("the filter excludes flows to port 443 without a name, unless payload or cache decide them", () => {
	const other = { ...flow, destinationPort: 8443, bytes: 1000 };
	const { reasons, skipped, counters } = decide([{ ...flow, bytes: 1000 }, other, { ...flow, payload: LOGIN }], {
		filter: true,
	});
	assert.deepEqual(reasons, [REASON.NONE, REASON.ML, REASON.STRATUM]);
	assert.deepEqual(skipped, [1, 0, 0]);
	assert.equal(counters.filtered, 1);
});

test("with a cache a flow without a name gets the decision of its conversation's named flow, in both directions", () => {
	const named = { ...flow, serverName: "xmr.2miners.com" };
	const back: Flow = {
		...flow,
		sourceAddress: flow.destinationAddress,
		destinationAddress: flow.sourceAddress,
		sourcePort: flow.destinationPort,
		destinationPort: flow.sourcePort,
	};
	const stranger = { ...flow, sourcePort: 50_001 };
	const flows = [flow, named, flow, back, stranger];
	const { reasons, explanation, verdicts } = decide(flows, { cache: true });
	assert.deepEqual(reasons, [REASON.NONE, REASON.DST, REASON.CACHE, REASON.CACHE, REASON.NONE]);
	assert.deepEqual(decide(flows).reasons, [REASON.NONE, REASON.DST, REASON.NONE, REASON.NONE, REASON.NONE]);
	assert.deepEqual(explanation(2).evidence.at(-1), {
		signal: "cache",
		decided: named.timeLast,
		pignistic: verdicts.scores[1],
	});
	const late = { ...flow, timeFirst: named.timeLast + 11, timeLast: named.timeLast + 20 };
	assert.deepEqual(decide([named, late], { cache: true, cacheMaxAge: 10 }).reasons, [REASON.DST, REASON.NONE]);
	const second = { ...named, sourcePort: 7 };
	assert.deepEqual(decide([named, second, flow], { cache: true, cacheSize: 1 }).reasons, [
		REASON.DST,
		REASON.DST,
		REASON.NONE,
	]);
	const cleared = { ...named, bytes: 5, serverName: "minexmr.com" };
	const sure = { ...flow, bytes: 1000 };
	assert.deepEqual(
		decide([cleared, sure], { cache: true }).reasons,
		[REASON.NONE, REASON.NONE],
		"cleared stays cleared",
	);
});

test("with conversations, shape alone is reported if at least two and half of the flows between two hosts agree", () => {
	const options = { conversations: DEFAULT_CONVERSATIONS, mlThreshold: 0.9 };
	const flows = (bytes: readonly number[], gap = 3e8) =>
		bytes.map((one, k) => ({
			...flow,
			bytes: one,
			sourcePort: 50_000 + k,
			timeFirst: 1e15 + k * gap,
			timeLast: 1e15 + k * gap + 2.9e8,
		}));
	const reasons = (list: readonly Flow[]) => decide(list, options).reasons;
	assert.deepEqual(reasons(flows([1000, 1000, 1000])), [REASON.NONE, REASON.ML, REASON.ML]);
	assert.deepEqual(reasons(flows([85, 85, 85, 85])), [0, 0, 0, 0], "likely flows do not add up");
	assert.deepEqual(reasons(flows([1000, 5, 5, 5, 1000])), [0, 0, 0, 0, 0], "two of five are a minority");
	assert.deepEqual(reasons(flows([1000, 5, 5, 1000])), [0, 0, 0, REASON.ML]);
	assert.deepEqual(reasons(flows([1000, 1000], 1e12)), [0, 0], "an hour later nothing is known");
	const named = flows([1000, 1000]).map((one) => ({ ...one, serverName: "xmr.2miners.com" }));
	assert.deepEqual(reasons(named), [REASON.DST, REASON.DST], "a name needs no agreement");
	const { explanation } = decide(flows([1000, 5, 1000]), options);
	const told = explanation(2).evidence.find((one) => one.signal === "conversation");
	assert.deepEqual(told, { signal: "conversation", judged: 3, agreeing: 2 });
});

test("a pool list annotates and has a low weight, unless it may decide", () => {
	const pools = {
		find: (_: Uint8Array, __: number, port: number) => (port === 443 ? { pool: "P", coin: "Monero" } : undefined),
		findName: () => undefined,
	};
	const flows = [flow, { ...flow, ...short }, { ...flow, bytes: 95 }, { ...flow, destinationPort: 80, bytes: 95 }];
	const asked = decide(flows, { pools, mlThreshold: 0.92 });
	assert.deepEqual(asked.reasons, [REASON.NONE, REASON.NONE, REASON.ML, REASON.NONE], "0.9 and the list reach 0.92");
	assert.equal(asked.explanation(0).coin, "Monero");
	assert.equal(asked.explanation(0).evidence[0]!.signal, "pool-list");
	assert.deepEqual(decide(flows, { pools, poolsDecide: true }).reasons, [
		REASON.DST,
		REASON.DST,
		REASON.DST,
		REASON.NONE,
	]);
});

test("a server name on a pool list decides alone, an address on it does not", () => {
	const pools = {
		find: () => undefined,
		findName: (bytes: Uint8Array, begin: number, end: number) =>
			Buffer.from(bytes.subarray(begin, end)).toString() === "relay.example" ? { pool: "Relay" } : undefined,
	};
	const { reasons, explanation } = decide([{ ...flow, ...short, serverName: "relay.example" }, flow], { pools });
	assert.deepEqual(reasons, [REASON.DST, REASON.NONE]);
	assert.equal(explanation(0).pool, "Relay");
	assert.deepEqual(explanation(0).evidence[0], {
		...{ signal: "pool-list", address: "192.0.2.1", port: 443, pool: "Relay", mass: 0.7, decides: false },
	});
});

test("miners are listed in input order; under compat those of payload first", () => {
	const sure = { ...flow, bytes: 1000 };
	const speaking = { ...flow, payload: LOGIN };
	assert.deepEqual(decide([sure, speaking, flow, sure]).miners, [0, 1, 3]);
	assert.deepEqual(decide([sure, speaking, flow, sure], { compat: "cython3" }).miners, [1, 0, 3]);
});

/** Flows of few hosts and names, with and without mining in them: what the signals, cache and conversations differ on. */
function arbitraryTraffic(): fc.Arbitrary<Flow[]> {
	const one = fc
		.tuple(
			fc.oneof({ weight: 4, arbitrary: arbitraryShapelyFlow() }, { weight: 1, arbitrary: arbitraryFlow() }),
			fc.constantFrom("", "", "example.org", "xmr.2miners.com", "pool.hashvault.pro", "eth.mining.example"),
			fc.nat(110),
			fc.nat(3),
			fc.constantFrom(new Uint8Array(), new Uint8Array(), LOGIN, JOB),
		)
		.map(([made, serverName, bytes, host, payload]) => ({
			...made,
			serverName,
			bytes,
			payload,
			sourceAddress: "10.0.0.1",
			destinationAddress: "192.0.2.1",
			sourcePort: 50_000 + host,
			destinationPort: 443,
			protocol: 6,
		}));
	return fc.array(one, { maxLength: 60 });
}

const arbitraryOptions: fc.Arbitrary<Partial<DetectOptions>> = fc.record(
	{
		mlThreshold: fc.constantFrom(0, 0.3, 0.5, 0.85, 1),
		dstThreshold: fc.constantFrom(0, 0.3, 0.5, 0.85, 1),
		cache: fc.boolean(),
		filter: fc.boolean(),
		conversations: fc.constant(DEFAULT_CONVERSATIONS),
	},
	{ requiredKeys: [] },
);

test("every decision equals the plain combination in its explanation", () => {
	fc.assert(
		fc.property(arbitraryTraffic(), arbitraryOptions, fc.constantFrom(1, 0.8), (flows, options, reliability) => {
			const { reasons, skipped, explanation, detector, verdicts } = decide(
				flows,
				options,
				tensOfBytesModel({ reliability }),
			);
			flows.forEach((_, i) => {
				const { evidence, probability } = explanation(i);
				const has = (signal: string) => evidence.some((one) => one.signal === signal);
				if (has("payload")) assert.equal(reasons[i], REASON.STRATUM);
				else if (has("cache")) assert.equal(reasons[i], REASON.CACHE);
				else if (skipped[i] === 1 || verdicts.decidedBy[i] === REASON.CACHE) assert.equal(reasons[i], REASON.NONE);
				else {
					const combination = evidence.find((one) => one.signal === "combination");
					const conversation = evidence.find((one) => one.signal === "conversation");
					const score = combination?.belief ?? combination?.pignistic ?? probability ?? 0;
					const threshold = combination?.threshold ?? detector.thresholds.ml;
					// At the threshold itself rounding decides, once before and once after the combination.
					if (Math.abs(score - threshold) < 1e-9 && combination) return;
					const said = combination === undefined && probability === undefined ? false : score > threshold;
					const { agreeing, judged } = conversation ?? { agreeing: 2, judged: 2 };
					const needsNoAgreement = verdicts.decidedBy[i] === REASON.DST || (agreeing >= 2 && 2 * agreeing >= judged);
					assert.equal(reasons[i] !== REASON.NONE, said && needsNoAgreement, `${score} > ${threshold}`);
				}
			});
		}),
		{ numRuns: 300 },
	);
});

test("batch boundaries change no decision", () => {
	fc.assert(
		fc.property(arbitraryTraffic(), arbitraryOptions, fc.integer({ min: 1, max: 20 }), (flows, options, size) => {
			const settings = { ...DEFAULT_OPTIONS, ...options };
			const detector = createDetector(tensOfBytesModel(), settings);
			const memory = createDetectMemory(settings);
			const verdictColumns = new VerdictColumns(settings);
			const reasons: number[] = [];
			for (let begin = 0; begin < flows.length; begin += size) {
				const part = flows.slice(begin, begin + size);
				reasons.push(
					...detect(columnsOfFlows(part), detector, memory, verdictColumns).reasons.subarray(0, part.length),
				);
			}
			assert.deepEqual(reasons, decide(flows, options).reasons);
		}),
	);
});

test("no flow stops the run, whatever its content", () => {
	const list = (element: fc.Arbitrary<number>) => fc.array(element, { maxLength: 4 });
	const broken = fc
		.tuple(arbitraryFlow(), list(fc.integer({ min: -128, max: 127 })), list(fc.double()), fc.nat(9), fc.nat(9))
		.map(([made, packetDirections, packetTimes, packets, packetsReverse]) => ({
			...made,
			packetDirections,
			packetTimes: packetTimes as number[],
			packets,
			packetsReverse,
		}));
	fc.assert(
		fc.property(
			fc.array(broken, { maxLength: 20 }),
			arbitraryOptions,
			fc.constantFrom(undefined, "cython3" as const),
			(flows, options, compat) => {
				const { explanation, reasons } = decide(flows, { ...options, ...(compat && { compat }) });
				assert.equal(reasons.length, flows.length);
				for (let i = 0; i < flows.length; i++) assert.ok(JSON.stringify(explanation(i)));
			},
		),
		{ numRuns: 200 },
	);
});

test("an alert of another sensor never decides alone; with a matching name or shape it does", () => {
	const alerted = (text: string, of: Partial<Flow>) => {
		const columns = columnsOfFlows([{ ...flow, ...of }]);
		const values = encoder.encode(text);
		const ALERT = { values, offsets: Uint32Array.of(0, values.length) };
		return { ...columns, extras: { ...columns.extras, attributes: { ALERT } } };
	};
	const reasonOf = (columns: FlowColumns) => {
		const detector = createDetector(tensOfBytesModel(), DEFAULT_OPTIONS);
		const verdicts = detect(columns, detector, createDetectMemory(DEFAULT_OPTIONS), new VerdictColumns());
		return { reason: verdicts.reasons[0], explanation: explain(columns, 0, verdicts, detector) };
	};
	assert.equal(reasonOf(alerted("ET COINMINER", short)).reason, REASON.NONE);
	const named = { ...short, serverName: "minexmr.com" };
	assert.equal(reasonOf(alerted("", named)).reason, REASON.NONE);
	const { reason, explanation } = reasonOf(alerted("ET COINMINER", named));
	assert.equal(reason, REASON.DST);
	assert.deepEqual(
		explanation.evidence.find(({ signal }) => signal === "foreign-alert"),
		{ signal: "foreign-alert", signature: "ET COINMINER", mass: 0.5 },
	);
	const shaped = { bytes: 95 };
	assert.equal(reasonOf(alerted("", shaped)).reason, reasonOf(alerted("ET COINMINER", shaped)).reason);
});
