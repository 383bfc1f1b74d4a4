import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { goldenLines } from "../../lab/golden-flows.ts";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { MutedLog } from "../bytes/muted-log.ts";
import { parseTemplate, type Template } from "../nemea/index.ts";
import { openTrapInput } from "../nemea/trap-source.ts";
import { runModule } from "./miner-module.ts";
import { parseModuleOptions } from "./minerdetector-options.ts";

const DETECTOR = "golden/detector";
const skip = needsShared(DETECTOR);
const ARITHMETICS: Readonly<Record<string, string>> = { cy2: "cython0.29", cy3: "cython3" };

const folder = mkdtempSync(join(tmpdir(), "decrypto-minerdetector-"));
after(() => rmSync(folder, { recursive: true }));
const OUT = join(folder, "out.trapcap");

/** `cf_b777_d0.5_t0.5` means `-c -f -b 777 -d 0.5 -t 0.5`. */
function flagsOf(run: string): string[] {
	const values: Readonly<Record<string, string[]>> = { v: ["-v"], c: ["-c"], f: ["-f"], cf: ["-cf"], default: [] };
	return run.split("_").flatMap((part) => values[part] ?? [`-${part[0]}`, part.slice(1)]);
}

interface Outcome {
	readonly ok: boolean;
	readonly printed: string;
	readonly log: string[];
}

async function run(input: string, arithmetic: string, flags: readonly string[]): Promise<Outcome> {
	const lines: string[] = [];
	let printed = "";
	const model = sharedPath(`${DETECTOR}/model/data_symmetry.pickle`)!;
	const interfaces = `f:${sharedPath(input)},f:${OUT}:w`;
	const args = ["-i", interfaces, "-m", model, "--compat", arithmetic, "--no-service", ...flags];
	const log = new MutedLog((line) => lines.push(line));
	const ok = await runModule(parseModuleOptions(args, undefined), "", log, (text) => {
		printed += text;
	});
	return { ok, printed, log: lines };
}

interface Records {
	readonly template: Template;
	readonly records: readonly Buffer[];
}

async function recordsIn(path: string): Promise<Records> {
	const records: Buffer[] = [];
	let template = parseTemplate("uint8 NONE");
	for await (const batch of openTrapInput(path)) {
		template = batch.template;
		for (let i = 0; i < batch.length; i++) records.push(Buffer.from(batch.bytes.slice(batch.begins[i], batch.ends[i])));
	}
	return { template, records };
}

/** The fields that tell a flow of the corpus from every other. */
function keyOf({ template, records }: Records, i: number): string {
	return ["DST_IP", "SRC_IP", "TIME_FIRST", "TIME_LAST", "BYTES", "SRC_PORT", "DST_PORT"]
		.map((name) => template.byName.get(name)!)
		.map(({ offset, size }) => records[i]!.subarray(offset, offset + size).toString("hex"))
		.join("-");
}

/** Where each record of the file stands in it, by its key. */
async function indexesIn(path: string): Promise<ReadonlyMap<string, number>> {
	const input = await recordsIn(path);
	return new Map(input.records.map((_, i) => [keyOf(input, i), i]));
}

/** `index,reason` of each record in the output file, by the input it came from. */
async function reports(indexes: ReadonlyMap<string, number>): Promise<string[]> {
	const output = await recordsIn(OUT);
	const reason = output.template.byName.get("REASON")?.offset ?? 0;
	return output.records.map((record, i) => `${indexes.get(keyOf(output, i))},${record[reason]}`);
}

for (const [name, input] of [
	["default", "c10k"],
	["cf_b777_d0.5_t0.5", "c10k"],
	["v", "l10k"],
] as const) {
	test(`the file written with "${name}" equals the original's, byte for byte`, { skip }, async () => {
		const { ok, printed } = await run(`${DETECTOR}/inputs/${input}.trapcap.gz`, "cython0.29", flagsOf(name));
		assert.ok(ok);
		assert.ok(
			readFileSync(OUT).equals(gunzipSync(readFileSync(sharedPath(`${DETECTOR}/expected10k/cy2/${name}.trapcap.gz`)!))),
		);
		assert.equal(printed !== "", name === "v");
	});
}

test("every set of options gives the original's reports in its order", { skip }, async (t) => {
	const inputs = {
		c10k: await indexesIn(sharedPath(`${DETECTOR}/inputs/c10k.trapcap.gz`)!),
		l10k: await indexesIn(sharedPath(`${DETECTOR}/inputs/l10k.trapcap.gz`)!),
	};
	let runs = 0;
	let compared = 0;
	for (const [folder, arithmetic] of Object.entries(ARITHMETICS)) {
		const files = readdirSync(sharedPath(`${DETECTOR}/expected10k/${folder}`)!).filter((file) =>
			file.endsWith(".csv.gz"),
		);
		for (const file of files) {
			const name = file.replace(".csv.gz", "").replace("b1_first", "b1");
			const input = name.startsWith("v") ? "l10k" : "c10k";
			await run(`${DETECTOR}/inputs/${input}.trapcap.gz`, arithmetic, flagsOf(name));
			const expected = goldenLines(`${DETECTOR}/expected10k/${folder}/${file}`).slice(1);
			const got = await reports(inputs[input]);
			if (file.startsWith("b1_first")) got.length = Math.min(got.length, expected.length);
			assert.deepEqual(got, expected, `${folder}/${name}`);
			runs++;
			compared += expected.length;
		}
	}
	t.diagnostic(`${runs} runs, ${compared} reports, 0 different`);
});

test("the whole corpus gives the original's reports in its order", { skip }, async (t) => {
	const corpus = `${DETECTOR}/inputs/corpus.trapcap.gz`;
	const indexes = await indexesIn(sharedPath(corpus)!);
	assert.equal(indexes.size, 200_000);
	let compared = 0;
	for (const [folder, name] of [
		["cy2", "default"],
		["cy2", "cf_b1000_d0.5_t0.5"],
		["cy3", "c_b777"],
	] as const) {
		await run(corpus, ARITHMETICS[folder]!, flagsOf(name));
		const expected = goldenLines(`${DETECTOR}/expected/${folder}/${name}.csv.gz`).slice(1);
		assert.deepEqual(await reports(indexes), expected, `${folder}/${name}`);
		compared += expected.length;
	}
	t.diagnostic(`3 runs of 200,000 flows, ${compared} reports, 0 different`);
});

test("a sender's superset of the fields in another order gives the same reports", { skip }, async () => {
	await run(`${DETECTOR}/inputs/superset_1000.trapcap.gz`, "cython0.29", []);
	const got = await reports(await indexesIn(sharedPath(`${DETECTOR}/inputs/superset_1000.trapcap.gz`)!));
	const expected = goldenLines(`${DETECTOR}/expected10k/cy2/default.csv.gz`).slice(1);
	const sorted = (lines: string[]) => lines.filter((line) => Number(line.split(",")[0]) < 1000).sort();
	assert.deepEqual(sorted(got), sorted(expected));
});

test("the reference exporter's own 17,751 flows give the original's reports", { skip }, async () => {
	const flows = "golden/end-to-end/flows.trapcap.gz";
	await run(flows, "cython0.29", []);
	const input = await recordsIn(sharedPath(flows)!);
	assert.equal(input.records.length, 17_751);
	const output = await recordsIn(OUT);
	const expected = goldenLines("golden/end-to-end/original-cython0.29.csv.gz").slice(1);
	assert.equal(output.records.length, expected.length);
	const reason = output.template.byName.get("REASON")!.offset;
	for (const [i, line] of expected.entries()) {
		const [index, why] = line.split(",").map(Number) as [number, number];
		assert.equal(keyOf(output, i), keyOf(input, index));
		assert.equal(output.records[i]![reason], why);
	}
});

test("one bad record among good ones changes nothing about the good ones", { skip }, async (t) => {
	await run(`${DETECTOR}/crashers/flags_len1_dropped_ok.trapcap.gz`, "cython0.29", []);
	const good = (await recordsIn(OUT)).records.map((record) => record.toString("hex"));
	assert.ok(good.length > 0);
	let survived = 0;
	for (const file of readdirSync(sharedPath(`${DETECTOR}/crashers`)!).filter((file) => file.endsWith(".gz"))) {
		if (/^(empty|hello_only|missing_field|truncated_container|label_)/.test(file)) continue;
		const { ok } = await run(`${DETECTOR}/crashers/${file}`, "cython0.29", []);
		assert.ok(ok, file);
		const all = (await recordsIn(OUT)).records.map((record) => record.toString("hex"));
		const expected = file.startsWith("eos_") ? good.slice(0, all.length) : good;
		assert.deepEqual(
			all.filter((record) => good.includes(record)),
			expected,
			file,
		);
		assert.ok(all.length <= good.length + 1, file);
		survived++;
	}
	t.diagnostic(`${survived} files with a record that stops the original`);
});

test("payload, however large, and counts beyond 2^63 are decided all the same", { skip }, async () => {
	await run(`${DETECTOR}/crashers/flags_len1_dropped_ok.trapcap.gz`, "cython0.29", []);
	const good = (await recordsIn(OUT)).records.length;
	for (const name of [
		"stratum_idp_60000_bytes",
		"stratum_bad_arrays_ok",
		"bytes_ge_2^63_miner",
		"bytes_rev_ge_2^63_miner",
	]) {
		await run(`${DETECTOR}/crashers/${name}.trapcap.gz`, "cython0.29", []);
		assert.equal((await recordsIn(OUT)).records.length, good + 1, name);
	}
});

test("a label that is neither Miner nor Other is counted apart", { skip }, async () => {
	for (const name of ["label_empty", "label_lowercase", "label_unknown"]) {
		const { ok, printed } = await run(`${DETECTOR}/crashers/${name}.trapcap.gz`, "cython0.29", ["-v"]);
		assert.ok(ok);
		assert.match(printed, /Not counted: 1 flows with a label other than Miner or Other/);
	}
});

test("a file that ends early gives what came before the cut, a warning, and failure", { skip }, async () => {
	const cut = await run(`${DETECTOR}/crashers/truncated_container.trapcap.gz`, "cython0.29", ["-d", "0", "-t", "0"]);
	assert.equal(cut.ok, false);
	assert.match(cut.log.join("\n"), /truncated_container.* ends within a container; read up to there/);
	const empty = await run(`${DETECTOR}/crashers/empty.trapcap.gz`, "cython0.29", []);
	assert.deepEqual([empty.ok, /is empty/.test(empty.log.join())], [false, true]);
	assert.equal((await run(`${DETECTOR}/crashers/hello_only.trapcap.gz`, "cython0.29", [])).ok, true);
	assert.equal((await run(`${DETECTOR}/crashers/empty_v.trapcap.gz`, "cython0.29", ["-v"])).ok, true);
});

test("records without the fields that are needed are refused, naming the fields", { skip }, async () => {
	await assert.rejects(run(`${DETECTOR}/crashers/missing_field.trapcap.gz`, "cython0.29", []), /lack ipaddr DST_IP/);
	await assert.rejects(run(`${DETECTOR}/inputs/c10k.trapcap.gz`, "cython0.29", ["-v"]), /lack string LABEL$/);
});
