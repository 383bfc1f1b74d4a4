import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import type { EvaluationFigures } from "../evaluate/evaluation-figures.ts";
import { forest, type PickledNode } from "../forest/pickle/testing.ts";

const folder = mkdtempSync(join(tmpdir(), "decrypto-evaluate-"));
after(() => rmSync(folder, { recursive: true }));

const program = fileURLToPath(new URL("./decrypto.ts", import.meta.url));
function evaluate(...args: string[]) {
	return spawnSync(process.execPath, [program, "evaluate", ...args], { encoding: "utf8" });
}

/** Miners are the flows with more than 20 packets back: PACKETS_REV is the model's feature 3. */
const stump: PickledNode[] = [
	{ left: 1, right: 2, feature: 3, threshold: 20.5, value: [1, 1] },
	{ left: -1, right: -1, feature: -2, threshold: -2, value: [1, 0] },
	{ left: -1, right: -1, feature: -2, threshold: -2, value: [0, 1] },
];
const model = join(folder, "stump.pickle");
writeFileSync(model, forest([stump], { version: "1.2.2", missing: false }));

const header =
	"BYTES,BYTES_REV,TIME_FIRST,TIME_LAST,PACKETS,PACKETS_REV,DST_PORT,SRC_PORT,PROTOCOL,LABEL,SITE," +
	"PPI_PKT_DIRECTIONS,PPI_PKT_FLAGS,PPI_PKT_LENGTHS,PPI_PKT_TIMES";
const row = (packetsReverse: number, label: string, site: string) =>
	`1000,1000,1600000000,1600000009,10,${packetsReverse},3333,50000,6,${label},${site},[1|-1],[24|24],[10|20],[1600000000|1600000001]`;
const flows = join(folder, "flows.csv");
writeFileSync(
	flows,
	[
		header,
		row(30, "Miner", "a"),
		row(10, "Miner", "b"),
		row(30, "Other", "b"),
		row(10, "Other", "a"),
		"broken",
		"",
	].join("\n"),
);

test("prints a table by path and by value of a column, and tells what could not be read", () => {
	const { stdout, stderr, status } = evaluate(flows, "-m", model, "--by", "SITE");
	assert.equal(status, 0);
	assert.match(stdout, /all +4 +1 +1 +1 +1 +50\.00 %/);
	assert.match(stdout, /\na +2 +1 +0 +0 +1 /);
	assert.match(stdout, /\nb +2 +0 +1 +1 +0 /);
	assert.match(stderr, /flows\.csv: line 6: column BYTES: not a number: "broken"/);
});

test("two models stand side by side, as JSON and on a page", () => {
	const page = join(folder, "report.html");
	const { stdout, status } = evaluate(flows, "-m", model, "-m", model, "--format", "json", "--report", page, "-q");
	assert.equal(status, 0);
	const figures = JSON.parse(stdout) as EvaluationFigures[];
	assert.equal(figures.length, 2);
	assert.equal(figures[0]!.verdicts.all.tp, 1);
	assert.match(readFileSync(page, "utf8"), /<h2>stump\.pickle<\/h2>[\s\S]*<h2>stump\.pickle<\/h2>/);
});

test("the misclassified flows are a flow file, with what was wrong", () => {
	const path = join(folder, "wrong.csv");
	evaluate(flows, "-m", model, "--misclassified", path, "-q");
	const lines = readFileSync(path, "utf8").trim().split("\n");
	assert.equal(lines.length, 3);
	assert.match(lines[0]!, /string LABEL,string SITE,string MODEL,string VERDICT,string DECIDED_BY,string PROBABILITY$/);
	assert.match(lines[1]!, /"Miner","b","stump\.pickle","missed","ml","0"$/);
	assert.match(lines[2]!, /"Other","b","stump\.pickle","false alarm","ml","1"$/);
	const again = evaluate(path, "-m", model, "--by", "VERDICT", "-q");
	assert.match(again.stdout, /missed +1 +0 +0 +1 +0/);
});

test("what cannot be evaluated is told in a line", () => {
	const unlabelled = join(folder, "unlabelled.csv");
	writeFileSync(unlabelled, readFileSync(flows, "utf8").replaceAll(/Miner|Other/g, "x"));
	for (const [args, told, code] of [
		[[unlabelled, "-m", model], /none of the flows has a label Miner or Other/, 1],
		[[join(folder, "none.csv"), "-m", model], /none\.csv: no such file/, 1],
		[[flows, "-m", model, "--by", "PLACE"], /no column PLACE; there are .*SITE/, 2],
		[[flows, "-m", model, "--report", "report.txt"], /must end with \.html or \.svg/, 2],
		[[flows, "-m", model, "--max-fpr", "2"], /must be a number from 0 to 1/, 2],
	] as const) {
		const { stderr, status } = evaluate(...args);
		assert.match(stderr, told);
		assert.equal(
			stderr
				.trim()
				.split("\n")
				.filter((line) => !line.includes("line 6")).length,
			1,
		);
		assert.equal(status, code);
	}
});

test("the original's model on the flows of CESNET-MINER22 at hand", {
	skip: needsShared("data/flows/flows.csv.gz"),
}, () => {
	const { stdout } = evaluate(
		sharedPath("data/flows/flows.csv.gz")!,
		...["-m", sharedPath("golden/detector/model/data_symmetry.pickle")!, "--by", "SOURCE", "--format", "json"],
	);
	const [{ groups }] = JSON.parse(stdout) as [EvaluationFigures];
	const { all } = groups.find(({ value }) => value === "cesnet-miner22-sample")!;
	assert.deepEqual([all.tp, all.fp, all.fn, all.tn], [872, 0, 92, 762]);
});
