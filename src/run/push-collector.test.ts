import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { DEFAULT_OPTIONS } from "../detect/options.ts";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import type { Flow } from "../flow/flow.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import { minerFlow } from "../report/reported-flow.testing.ts";
import { compacted, decidedBatchOf } from "./compact-batch.ts";
import { Decider } from "./decider.ts";
import { makeDetector } from "./detector-recipe.ts";

const model = fileURLToPath(new URL("../../models/default.model", import.meta.url));
const detector = makeDetector({ model, options: DEFAULT_OPTIONS });
const BEGIN = 1_772_323_200e6;

/** An ordinary flow to 203.0.113.7:443 with payload at these seconds: negative ones are the server's. */
function flowWith(...seconds: readonly number[]): Flow {
	const times = seconds.map((at) => BEGIN + Math.abs(at) * 1e6);
	return {
		...minerFlow,
		sourceAddress: "10.0.0.5",
		destinationAddress: "203.0.113.7",
		sourcePort: 50_000,
		destinationPort: 443,
		timeFirst: BEGIN,
		timeLast: BEGIN + 300e6,
		payload: new Uint8Array(0),
		payloadReverse: new Uint8Array(0),
		serverName: "",
		packetLengths: seconds.map(() => 50),
		packetDirections: seconds.map((at) => (at < 0 ? -1 : 1)),
		packetFlags: seconds.map(() => 24),
		packetTimes: times,
	};
}

const secondsOf = (pushes: Float64Array) => Array.from(pushes, (at) => (at - BEGIN) / 1e6);
const pushesOf = (flows: FlowColumns) =>
	new Decider(detector, { wantsPushes: true }).decide("test", flows).pushes ?? [];

describe("push records of a batch", () => {
	it("come from the packet lists where there is no column of push times", () => {
		const [record, ...rest] = pushesOf(columnsOfFlows([flowWith(1, -2, -4, -4.5, 10, -11, -13), flowWith(1, -2)]));
		assert.equal(rest.length, 0);
		assert.deepEqual(secondsOf(record!.pushes), [4, 13]);
		assert.deepEqual(record!.server, { address: "203.0.113.7", port: 443 });
		assert.deepEqual(record!.client, { address: "10.0.0.5", port: 50_000 });
		assert.equal(record!.end, BEGIN + 300e6);
		assert.equal(record!.verdict, "other");
	});

	it("end with the list where it is full", () => {
		const full = Array.from({ length: 30 }, (_, k) => -3 * (k + 1));
		assert.equal(pushesOf(columnsOfFlows([flowWith(...full)]))[0]!.end, BEGIN + 90e6);
	});

	it("come from the column where there is one, from its first push on if the meter's ring is full", () => {
		const flows = columnsOfFlows([flowWith(1, -20), flowWith(1, -20), flowWith(1, -20)]);
		const pushes = [[BEGIN - 5e6, BEGIN + 9e6], [], Array.from({ length: 64 }, (_, k) => BEGIN + (k + 2) * 1e6)];
		const column = {
			values: Float64Array.from(pushes.flat()),
			offsets: Uint32Array.from([0, 2, 2, 66]),
		};
		const [first, full, ...rest] = pushesOf({ ...flows, extras: { ...flows.extras, pushTimes: column } });
		assert.equal(rest.length, 0);
		assert.deepEqual(secondsOf(first!.pushes), [-5, 9]);
		assert.equal(first!.begin, BEGIN - 5e6);
		assert.equal(full!.begin, BEGIN + 2e6);
	});

	it("tell the coin where payload speaks mining", () => {
		const login =
			'{"id":1,"jsonrpc":"2.0","method":"login","params":{"login":"4x","pass":"x","agent":"XMRig/6.21.0"}}\n';
		const job =
			'{"jsonrpc":"2.0","method":"job","params":{"blob":"0e0e","job_id":"1","target":"b88d0600","algo":"rx/0"}}\n';
		const flow = {
			...flowWith(1, -20, -40),
			payload: Buffer.from(login),
			payloadReverse: Buffer.from(job),
		};
		const [record] = pushesOf(columnsOfFlows([flow]));
		assert.equal(record!.verdict, "payload");
		assert.equal(record!.coin, "Monero");
		assert.equal(record!.bytesToServer, flow.bytes);
	});

	it("cross threads in batches that report nothing", () => {
		const decider = new Decider(detector, { wantsPushes: true });
		const batch = decider.decide("test", columnsOfFlows([flowWith(1, -20)]));
		assert.equal(batch.reported.length, 0);
		const crossed = decidedBatchOf("test", structuredClone(compacted(batch)));
		assert.deepEqual(crossed?.pushes, batch.pushes);
	});

	it("are not made where nobody wants them", () => {
		assert.equal(new Decider(detector).decide("test", columnsOfFlows([flowWith(1, -20)])).pushes, undefined);
	});
});
