import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { openByteSource } from "../bytes/byte-source.ts";
import { detect } from "../detect/detect.ts";
import { createDetectMemory, createDetector } from "../detect/detector.ts";
import { explain } from "../detect/explain.ts";
import { DEFAULT_OPTIONS } from "../detect/options.ts";
import { VerdictColumns } from "../detect/verdicts.ts";
import { flowAt } from "../flow/flow.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { openModel } from "../forest/open-model.ts";
import { openIpfixSource } from "../ipfix/ipfix-source.ts";
import { openTrapcap } from "../nemea/index.ts";

const CAPTURES = {
	"ipfixprobe__mixed.pcap": "ipfixprobe-mixed",
	"ipfixprobe__tls.pcap": "ipfixprobe-tls",
	"ipfixprobe__vlan.pcap": "ipfixprobe-vlan",
	"ndpi__alexa-app.pcapng": "alexa-app",
};
const skip = needsShared("golden/ipfix") || needsShared("golden/trap/flows");

const detector = createDetector(
	openModel(fileURLToPath(new URL("../../models/default.model", import.meta.url))),
	DEFAULT_OPTIONS,
);

interface Decided {
	readonly reason: number;
	readonly probability: number | undefined;
}

/** What is decided of each flow of a source, by the flow's ends and counts. */
async function decisionsOf(source: FlowSource): Promise<Map<string, Decided[]>> {
	const memory = createDetectMemory(DEFAULT_OPTIONS);
	const verdictColumns = new VerdictColumns(DEFAULT_OPTIONS);
	const decisions = new Map<string, Decided[]>();
	for await (const flows of source) {
		const verdicts = detect(flows, detector, memory, verdictColumns);
		for (let i = 0; i < flows.length; i++) {
			const flow = flowAt(flows, i);
			const key = [
				flow.sourceAddress,
				flow.sourcePort,
				flow.destinationAddress,
				flow.destinationPort,
				flow.protocol,
				flow.bytes,
				flow.bytesReverse,
				Math.floor(flow.timeFirst / 1000),
			].join();
			const { probability } = explain(flows, i, verdicts, detector);
			decisions.set(key, [...(decisions.get(key) ?? []), { reason: verdicts.reasons[i]!, probability }]);
		}
	}
	return decisions;
}

for (const [capture, stream] of Object.entries(CAPTURES)) {
	test(`the exporter's flows of ${capture} are decided alike as UniRec and as IPFIX`, { skip }, async (t) => {
		const asUnirec = await decisionsOf(
			openTrapcap(openByteSource(sharedPath(`golden/trap/flows/${capture}.trapcap.gz`)!)),
		);
		const asIpfix = await decisionsOf(openIpfixSource(openByteSource(sharedPath(`golden/ipfix/${stream}.tcp.ipfix`)!)));
		assert.deepEqual([...asIpfix.keys()].sort(), [...asUnirec.keys()].sort());
		let judged = 0;
		for (const [key, decisions] of asUnirec) {
			const others = asIpfix.get(key)!;
			assert.deepEqual(
				others.map(({ reason }) => reason),
				decisions.map(({ reason }) => reason),
				key,
			);
			for (const [k, { probability }] of decisions.entries()) {
				// IPFIX carries packet times in milliseconds.
				if (probability === undefined) assert.equal(others[k]!.probability, undefined);
				else
					assert.ok(
						Math.abs(others[k]!.probability! - probability) < 0.1,
						`${key}: ${probability} and ${others[k]!.probability}`,
					);
				judged++;
			}
		}
		t.diagnostic(`${judged} flows, 0 decided differently`);
	});
}
