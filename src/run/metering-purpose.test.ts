import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { findMiningPayload } from "../detect/payload.ts";
import { openInput } from "../input/open-input.ts";
import { forPurpose, type MeteringPurpose } from "./metering-purpose.ts";

/** What the payload of each flow of a capture is recognised as. */
async function findingsIn(name: string, purpose: MeteringPurpose): Promise<string[]> {
	const metering = { payloadBytes: 512, handshakes: true, maximumFlows: 1 << 14 };
	const opened = (await openInput({ name, directory: "" }, forPurpose({ metering, purpose })))!;
	const findings: string[] = [];
	for await (const flows of opened.source) {
		for (let i = 0; i < flows.length; i++) findings.push(JSON.stringify(findMiningPayload(flows, i)) ?? "nothing");
	}
	return findings;
}

async function assertEqualFindings(folder: string): Promise<number> {
	let recognised = 0;
	for (const file of readdirSync(folder)) {
		if (!/\.(pcap|cap|pcapng)(\.gz)?$/.test(file)) continue;
		const narrowed = await findingsIn(join(folder, file), "detection");
		assert.deepEqual(narrowed, await findingsIn(join(folder, file), "export"), file);
		recognised += narrowed.filter((finding) => finding !== "nothing").length;
	}
	return recognised;
}

test("payload kept only where it may turn out to be mining tells what all payload tells: the samples", async () => {
	assert.ok((await assertEqualFindings(fileURLToPath(new URL("../../samples", import.meta.url)))) > 5);
});

test("and real captures, of miners and of others", { skip: needsShared("data/captures") }, async () => {
	assert.ok((await assertEqualFindings(sharedPath("data/captures/cj-sniffer")!)) > 5);
	assert.equal(await assertEqualFindings(sharedPath("data/captures/ndpi")!), 0);
});
