/**
 * Runs the same captures through this detector and through others that are installed, and prints what each found:
 * `node bench/compare-detectors.ts [EVERY]`. Captures: the samples, and, if they are there, the reference captures of miners
 * and every EVERY-th ordinary one (1: all).
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { markdownTable } from "../lab/markdown-table.ts";
import { sharedPath } from "../lab/shared-data.ts";

interface Capture {
	readonly path: string;
	readonly group: "samples" | "miner" | "other";
}

interface Detector {
	readonly name: string;
	/** Its version, or undefined where it is not installed. */
	version(): string | undefined;
	/** Per capture the ends of what it takes for mining, as unordered pairs of addresses. */
	pairsIn(captures: readonly string[], scratch: string): ReadonlyMap<string, ReadonlySet<string>>;
}

/** A detector that reads one capture a run. */
function eachCapture(pairsOf: (capture: string, scratch: string) => ReadonlySet<string>): Detector["pairsIn"] {
	return (captures, scratch) => new Map(captures.map((capture) => [capture, pairsOf(capture, scratch)]));
}

interface Cost {
	seconds: number;
	/** KiB, of the largest run. */
	peak: number;
}

const PROGRAM = fileURLToPath(new URL("../bin/decrypto.js", import.meta.url));
const costs = new Map<string, Cost>();

const DETECTORS: readonly Detector[] = [
	{
		name: "decrypto",
		version: () => outputOf("decrypto", process.execPath, [PROGRAM, "--version"])?.trim(),
		pairsIn: (captures) => {
			const pairs = new Map<string, Set<string>>();
			const args = [PROGRAM, "detect", ...captures, "--format", "ndjson", "--quiet"];
			for (const line of (outputOf("decrypto", process.execPath, args) ?? "").split("\n")) {
				if (!line.startsWith("{")) continue;
				const record = JSON.parse(line) as { miner?: boolean; input: string; src_ip: string; dst_ip: string };
				if (record.miner !== true) continue;
				const found = pairs.get(record.input) ?? new Set();
				pairs.set(record.input, found.add(pairOf(record.src_ip, record.dst_ip)));
			}
			return pairs;
		},
	},
	{
		name: "nDPI (ndpiReader)",
		version: () => /nDPI ([\d.]+)/.exec(outputOf("nDPI (ndpiReader)", "ndpiReader", ["-h"]) ?? "")?.[1],
		pairsIn: eachCapture((capture, scratch) => {
			const table = join(scratch, "ndpi.csv");
			rmSync(table, { force: true });
			outputOf("nDPI (ndpiReader)", "ndpiReader", ["-q", "-i", capture, "-C", table]);
			if (!existsSync(table)) return new Set();
			const [header, ...rows] = readFileSync(table, "utf8").trim().split("\n");
			const columns = header!.split(",");
			const at = (name: string) => columns.indexOf(name);
			const mining = rows
				.map((row) => row.split(","))
				.filter((row) => row[at("ndpi_proto")]?.split(".").includes("Mining"));
			return new Set(mining.map((row) => pairOf(row[at("src_ip")]!, row[at("dst_ip")]!)));
		}),
	},
	{
		name: "Suricata, default rules",
		version: () => /version ([\d.]+)/.exec(outputOf("Suricata, default rules", "suricata", ["-V"]) ?? "")?.[1],
		pairsIn: eachCapture((capture, scratch) => {
			const log = join(scratch, "eve.json");
			rmSync(log, { force: true });
			outputOf("Suricata, default rules", "suricata", ["-r", capture, "-l", scratch, "-k", "none"]);
			if (!existsSync(log)) return new Set();
			const events = readFileSync(log, "utf8")
				.trim()
				.split("\n")
				.filter((line) => line.startsWith("{"));
			const alerts = events
				.map((line) => JSON.parse(line))
				.filter(({ event_type, alert }) => event_type === "alert" && /min(er|ing)/i.test(alert?.signature));
			return new Set(alerts.map(({ src_ip, dest_ip }) => pairOf(src_ip, dest_ip)));
		}),
	},
];

function pairOf(one: string, other: string): string {
	return [one, other].sort().join(" ");
}

/** What a program prints; its time and memory are added to those of the detector. */
function outputOf(detector: string, program: string, args: readonly string[]): string | undefined {
	const timed = spawnSync("/usr/bin/time", ["-f", "%e %M", program, ...args], { encoding: "utf8", maxBuffer: 1 << 30 });
	if (timed.error) throw new Error("GNU time is needed: the Debian package is time");
	const measured = /(?:^|\n)([\d.]+) (\d+)\n?$/.exec(timed.stderr);
	if (timed.status === 127 || !measured) return undefined;
	const cost = costs.get(detector) ?? { seconds: 0, peak: 0 };
	costs.set(detector, { seconds: cost.seconds + Number(measured[1]), peak: Math.max(cost.peak, Number(measured[2])) });
	return timed.stdout;
}

function captures(): Capture[] {
	const samples = fileURLToPath(new URL("../samples/", import.meta.url));
	const ours = readdirSync(samples)
		.filter((name) => name.includes(".pcap"))
		.map((name): Capture => ({ path: join(samples, name), group: "samples" }));
	const manifest = sharedPath("data/captures/MANIFEST.csv");
	if (manifest === undefined) return ours;
	const rows = readFileSync(manifest, "utf8").trim().split("\n").slice(1);
	const theirs = rows.flatMap((row): Capture[] => {
		const [file, , , , label] = row.split(",");
		const path = sharedPath(`data/captures/${file}`);
		return path !== undefined && (label === "miner" || label === "other") ? [{ path, group: label }] : [];
	});
	const every = Math.max(1, Number(process.argv[2] ?? 1));
	const ordinary = theirs.filter(({ group }) => group === "other").filter((_, k) => k % every === 0);
	return [...ours, ...theirs.filter(({ group }) => group === "miner"), ...ordinary];
}

/** Others do not unpack captures themselves. */
function unpacked(path: string, scratch: string, number: number): string {
	if (!path.endsWith(".gz")) return path;
	const plain = join(scratch, `${number}-${basename(path, ".gz")}`);
	writeFileSync(plain, gunzipSync(readFileSync(path)));
	return plain;
}

function main(): void {
	const scratch = mkdtempSync(join(tmpdir(), "decrypto-compare-"));
	try {
		const installed = DETECTORS.map((detector) => ({ detector, version: detector.version() })).filter(
			({ version }) => version !== undefined,
		);
		for (const { name } of DETECTORS) costs.delete(name);
		const pairs = new Map<string, number>();
		const hits = new Map<string, number>();
		const all = captures().map((capture, k) => ({ ...capture, plain: unpacked(capture.path, scratch, k) }));
		const files = all.map(({ plain }) => plain);
		for (const { detector } of installed) {
			const found = detector.pairsIn(files, scratch);
			for (const { plain, group } of all) {
				const size = found.get(plain)?.size ?? 0;
				const key = `${detector.name} ${group}`;
				pairs.set(key, (pairs.get(key) ?? 0) + size);
				if (size > 0) hits.set(key, (hits.get(key) ?? 0) + 1);
			}
		}
		const number = (group: Capture["group"]) => all.filter((capture) => capture.group === group).length;
		const heading = [
			"detector",
			"version",
			`pairs in ${number("samples")} samples`,
			`captures of miners found, of ${number("miner")}`,
			`pairs in them`,
			`ordinary captures reported, of ${number("other")}`,
			`pairs in them`,
			"seconds",
			"peak MiB",
		];
		const rows = installed.map(({ detector: { name }, version }) => {
			const cost = costs.get(name) ?? { seconds: 0, peak: 0 };
			const of = (counts: Map<string, number>, group: string) => String(counts.get(`${name} ${group}`) ?? 0);
			return [
				name,
				version!,
				of(pairs, "samples"),
				of(hits, "miner"),
				of(pairs, "miner"),
				of(hits, "other"),
				of(pairs, "other"),
				cost.seconds.toFixed(0),
				(cost.peak / 1024).toFixed(0),
			];
		});
		console.log(markdownTable([heading, ...rows]).join("\n"));
		for (const { name } of DETECTORS.filter(({ name }) => !installed.some(({ detector }) => detector.name === name)))
			console.log(`not installed: ${name}`);
	} finally {
		rmSync(scratch, { recursive: true });
	}
}

main();
