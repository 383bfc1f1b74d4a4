import assert from "node:assert/strict";
import { test } from "node:test";
import type { Evidence } from "../detect/evidence.ts";
import type { Explanation } from "../detect/explanation.ts";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import { ConversationRows } from "./conversation-rows.ts";
import { minerFlow } from "./reported-flow.testing.ts";

const payload: Evidence = {
	signal: "payload",
	direction: "forward",
	protocol: "stratum",
	message: "mining.notify",
	excerpt: "",
};
const shape: Evidence = { signal: "shape", probability: 0.9, threshold: 0.8, features: [] };
const doubtful: Evidence = { signal: "shape", probability: 0.5, threshold: 0.8, features: [] };
const forward: Explanation = {
	evidence: [payload, doubtful],
	minerIsSource: true,
	miningProtocol: "monero",
	probability: 0.5,
};
const backward: Explanation = { evidence: [shape], minerIsSource: false, coin: "Monero", probability: 0.9 };

test("flows of one conversation are one row, in either direction", () => {
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
	const rows = new ConversationRows();
	assert.equal(rows.add(flows, 0, forward)?.isNew, true);
	assert.equal(rows.add(flows, 1, backward)?.isNew, false);
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

test("rows are in the order in which their conversations began", () => {
	const flows = columnsOfFlows([
		{ ...minerFlow, timeFirst: 2e6 },
		{ ...minerFlow, sourcePort: 1, timeFirst: 1e6 },
	]);
	const rows = new ConversationRows();
	for (const i of [0, 1]) rows.add(flows, i, forward);
	assert.deepEqual(
		rows.rows().map((row) => row.firstSeen),
		[1e6, 2e6],
	);
});
