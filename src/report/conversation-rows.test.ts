import assert from "node:assert/strict";
import { test } from "node:test";
import type { Explanation } from "../detect/explanation.ts";
import { REASON, type Verdicts } from "../detect/verdicts.ts";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import { ConversationRows } from "./conversation-rows.ts";
import { minerFlow } from "./reported-flow.testing.ts";

const decided = (reasons: number[]): Verdicts => ({
	length: reasons.length,
	reasons: Uint8Array.from(reasons),
	paths: Uint8Array.from(reasons),
	probabilities: new Float64Array(reasons.length).fill(Number.NaN),
	scores: new Float64Array(reasons.length).fill(Number.NaN),
	decidedAt: new Float64Array(reasons.length).fill(Number.NaN),
	miners: Uint32Array.from(reasons.keys()),
	minerCount: reasons.length,
	skipped: new Uint8Array(reasons.length),
});

const forward: Explanation = { evidence: [], minerIsSource: true, miningProtocol: "monero", probability: 0.5 };
const backward: Explanation = { evidence: [], minerIsSource: false, coin: "Monero", probability: 0.9 };

test("flows of one conversation are one row, whichever end came first", () => {
	const turned = {
		sourceAddress: minerFlow.destinationAddress,
		destinationAddress: minerFlow.sourceAddress,
		sourcePort: minerFlow.destinationPort,
		destinationPort: minerFlow.sourcePort,
	};
	const flows = columnsOfFlows([
		minerFlow,
		{ ...minerFlow, ...turned, serverName: "pool.example", timeFirst: minerFlow.timeFirst + 300e6 },
	]);
	const verdicts = decided([REASON.STRATUM, REASON.ML]);
	const rows = new ConversationRows();
	assert.equal(rows.add(flows, 0, verdicts, forward)?.isNew, true);
	assert.equal(rows.add(flows, 1, verdicts, backward)?.isNew, false);
	const [row, ...others] = rows.rows();
	assert.deepEqual(others, []);
	assert.equal(row!.minerAddress, minerFlow.sourceAddress);
	assert.equal(row!.poolPort, minerFlow.destinationPort);
	assert.deepEqual(
		[row!.protocol, row!.coin, row!.serverName, row!.probability, row!.flows],
		["monero", "Monero", "pool.example", 0.9, 2],
	);
	assert.deepEqual([...row!.signals], ["payload", "shape"]);
	assert.equal(row!.packets, 2 * (minerFlow.packets + minerFlow.packetsReverse));
});

test("rows stand in the order in which their conversations began", () => {
	const flows = columnsOfFlows([
		{ ...minerFlow, timeFirst: 2e6 },
		{ ...minerFlow, sourcePort: 1, timeFirst: 1e6 },
	]);
	const rows = new ConversationRows();
	for (const i of [0, 1]) rows.add(flows, i, decided([1, 1]), forward);
	assert.deepEqual(
		rows.rows().map((row) => row.firstSeen),
		[1e6, 2e6],
	);
});
