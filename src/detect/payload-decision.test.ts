import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import { arbitraryFlow } from "../flow/testing.ts";
import { EXAMPLES } from "../mining/testing.ts";
import { findMiningPayload } from "./payload.ts";
import { judgePayloads } from "./payload-decision.ts";
import { REASON, VerdictColumns } from "./verdicts.ts";

test("the flows decided by payload are those in which a message is found, whatever column it stands in", () => {
	const payload = fc
		.record({
			example: fc.constantFrom(...EXAMPLES),
			from: fc.oneof(fc.constant(0), fc.nat(60)),
			length: fc.nat(400),
			damage: fc.array(fc.tuple(fc.nat(399), fc.constantFrom(...Buffer.from('{}[]":,\\ \n0ax\x00\x80'))), {
				maxLength: 3,
			}),
		})
		.map(({ example, from, length, damage }) => {
			const bytes = Uint8Array.from(example.bytes.subarray(from, from + length));
			for (const [at, byte] of damage) if (at < bytes.length) bytes[at] = byte;
			return bytes;
		});
	const some = fc.oneof(fc.constant(new Uint8Array(0)), payload);
	const payloads = fc.record({ payload: some, payloadReverse: some, longPayload: some, longPayloadReverse: some });
	const flow = fc.tuple(arbitraryFlow(), payloads).map(([flow, payloads]) => ({ ...flow, ...payloads }));
	const verdicts = new VerdictColumns();
	let found = 0;
	fc.assert(
		fc.property(fc.array(flow, { maxLength: 6 }), fc.nat(3), (list, most) => {
			const flows = columnsOfFlows(list);
			const begin = Math.min(most, flows.length);
			verdicts.reset(flows.length);
			judgePayloads(flows, begin, flows.length, verdicts);
			for (let i = 0; i < flows.length; i++) {
				const isFound = i >= begin && findMiningPayload(flows, i) !== undefined;
				assert.equal(verdicts.reasons[i], isFound ? REASON.STRATUM : REASON.NONE);
				assert.equal(verdicts.decidedBy[i], verdicts.reasons[i]);
				if (isFound) found++;
			}
		}),
		{ numRuns: 800 },
	);
	assert.ok(found > 400, `${found} were found`);
});
