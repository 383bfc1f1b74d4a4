import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { simulateCorpus } from "../../lab/shape/corpus.ts";
import { flowAt } from "../flow/flow.ts";
import { openModel } from "../forest/open-model.ts";

const PROGRAM = fileURLToPath(new URL("decrypto.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "decrypto-train-"));
after(() => rmSync(folder, { recursive: true }));

const HEADER =
	"LABEL,SOURCE,SRC_IP,DST_IP,SRC_PORT,DST_PORT,PROTOCOL,BYTES,BYTES_REV,PACKETS,PACKETS_REV,TCP_FLAGS,TCP_FLAGS_REV,TIME_FIRST,TIME_LAST,PPI_PKT_DIRECTIONS,PPI_PKT_FLAGS,PPI_PKT_LENGTHS,PPI_PKT_TIMES";

function labelledFlows(): string {
	const rows = [HEADER];
	for (const label of ["Miner", "Other"] as const) {
		const { flows, conversations } = simulateCorpus({ label, conversations: 300, seed: 5 });
		for (let i = 0; i < flows.length; i++) {
			const flow = flowAt(flows, i);
			const seconds = (time: number) => (1.6e9 + time / 1e6).toFixed(6);
			const list = (values: readonly (number | string)[]) => `[${values.join("|")}]`;
			rows.push(
				[
					label,
					`network${conversations[i]! % 4}`,
					"192.0.2.1",
					"198.51.100.1",
					40000 + conversations[i]!,
					443,
					flow.protocol,
					flow.bytes,
					flow.bytesReverse,
					flow.packets,
					flow.packetsReverse,
					flow.tcpFlags,
					flow.tcpFlagsReverse,
					seconds(flow.timeFirst),
					seconds(flow.timeLast),
					list(flow.packetDirections),
					list(flow.packetFlags),
					list(flow.packetLengths),
					list(flow.packetTimes.map(seconds)),
				].join(","),
			);
		}
	}
	return `${rows.join("\n")}\n`;
}

const flows = join(folder, "flows.csv");
writeFileSync(flows, labelledFlows());
const train = (...args: string[]) =>
	spawnSync(process.execPath, [PROGRAM, "train", flows, "-q", "--threads", "1", "--trees", "30", ...args], {
		encoding: "utf8",
	});

test("a model comes out with its threshold, its card, and what it is worth on networks it has not seen", () => {
	const output = join(folder, "a.model");
	const budget = ["--false-positives", "0.05"];
	const { status, stdout, stderr } = train("--output", output, "--group", "SOURCE", "--folds", "2", ...budget);
	assert.equal(status, 0, stderr);
	assert.match(
		stdout,
		/^threshold 0\.\d+; beside a server name 0\.\d+, reliability 0\.\d+\nrecall 0\.\d+ .* had not seen its SOURCE/,
	);
	const { thresholds, reliability, card } = openModel(output);
	assert.ok(thresholds!.ml > 0 && thresholds!.ml < 1);
	assert.ok(thresholds!.dst > 0 && thresholds!.dst < 1);
	assert.ok(reliability! >= 0.5 && reliability! < 1);
	assert.deepEqual(
		card.quality!.map(({ measure }) => measure),
		["recall", "false-positive rate"],
	);
	assert.ok(card.quality![0]!.value > 0.3, `something was learnt: ${stdout}`);
});

test("the same seed gives the same file, for either learner", () => {
	for (const learner of ["boosted", "forest"]) {
		const [first, second] = ["b", "c"].map((name) => {
			const output = join(folder, name);
			assert.equal(train("--output", output, "--name", "same", "--folds", "0", "--learner", learner).status, 0);
			return readFileSync(output);
		});
		assert.ok(first!.equals(second!), learner);
	}
});

test("what cannot be learnt from is one line", () => {
	const output = join(folder, "d.model");
	const none = train("--output", output, "--group", "NETWORK");
	assert.equal(none.status, 1);
	assert.match(none.stderr, /^decrypto: the flows have no column NETWORK\n$/);
	const unknown = train("--output", output, "--features", "MOOD");
	assert.match(unknown.stderr, /^decrypto: unknown feature MOOD\n$/);
	assert.equal(train("--output", output, "--folds", "1").status, 2);
});
