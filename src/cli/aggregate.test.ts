import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { addressBytes } from "../flow/address.ts";
import { openTrapInput, openTrapOutput, parseTemplate } from "../nemea/index.ts";
import { decodeAlert } from "../notify/aggregator/alert-record.ts";
import { minerRecords } from "../output/miner-records.ts";

const folder = mkdtempSync(join(tmpdir(), "decrypto-aggregate-"));
after(() => rmSync(folder, { recursive: true }));

const PROGRAM = new URL("./decrypto.ts", import.meta.url).pathname;
const TEMPLATE = parseTemplate(minerRecords({ withLabel: false, asOriginal: false }).template);

function run(...args: string[]) {
	return spawnSync(process.execPath, [PROGRAM, ...args], { encoding: "utf8" });
}

/** A record as minerdetector sends it. */
function minerRecord(reason: number, n: number, name = ""): Uint8Array {
	const text = Buffer.from(name);
	const bytes = new Uint8Array(TEMPLATE.fixedLength + text.length);
	const view = new DataView(bytes.buffer);
	const at = (field: string) => TEMPLATE.byName.get(field)!.offset;
	bytes.set(addressBytes("10.0.0.1")!, at("SRC_IP"));
	bytes.set(addressBytes("192.0.2.1")!, at("DST_IP"));
	view.setUint16(at("SRC_PORT"), 40_000, true);
	view.setUint16(at("DST_PORT"), 3333, true);
	view.setBigUint64(at("BYTES"), 70n, true);
	view.setBigUint64(at("BYTES_REV"), 30n, true);
	view.setUint32(at("PACKETS"), 6, true);
	view.setUint32(at("PACKETS_REV"), 4, true);
	view.setUint32(at("TIME_FIRST") + 4, 1_700_000_000 + n, true);
	view.setUint32(at("TIME_LAST") + 4, 1_700_000_010 + n, true);
	// A fraction of a second that microseconds cannot hold.
	view.setUint32(at("TIME_LAST"), 0x8000_0001, true);
	view.setUint8(at("IS_MINER"), 1);
	view.setUint8(at("REASON"), reason);
	view.setUint16(at("TLS_SNI") + 2, text.length, true);
	bytes.set(text, TEMPLATE.fixedLength);
	return bytes;
}

async function writeMiners(path: string, records: readonly Uint8Array[]): Promise<void> {
	const output = await openTrapOutput(path);
	await output.begin(TEMPLATE);
	for (const record of records) await output.send(record, 0, record.length);
	await output.close();
}

test("miner flows of a detector become an alert, and the alert an IDEA0 event in file and spool", async () => {
	const [miners, alerts] = [join(folder, "miners.trapcap"), join(folder, "alerts.trapcap")];
	const reasons = [1, 2, 3, 3, 3];
	await writeMiners(
		miners,
		reasons.map((reason, n) => minerRecord(reason, n, reason === 2 ? "xmr.pool.example" : "")),
	);
	const aggregate = run("aggregate", "-i", `f:${miners},f:${alerts}`, "--no-service");
	assert.equal(aggregate.stderr, "");
	assert.equal(aggregate.status, 0);
	const found = [];
	for await (const { bytes, begins, ends, length } of openTrapInput(alerts)) {
		for (let i = 0; i < length; i++) found.push(decodeAlert(bytes.slice(begins[i], ends[i])));
	}
	const [alert, ...more] = found;
	assert.equal(more.length, 0);
	assert.deepEqual([alert!.flows, alert!.bytes, alert!.packets], [5n, 500n, 50n]);
	assert.deepEqual([alert!.stratum, alert!.dst, alert!.ml], [1, 1, 3]);
	assert.equal(alert!.ceaseTime, (1_700_000_014n << 32n) | 0x8000_0001n);

	const lines = run("report-idea", "-i", `f:${alerts}`, "--output", "-", "--node", "cz.example.decrypto");
	assert.equal(lines.stderr, "");
	const event = JSON.parse(lines.stdout);
	assert.deepEqual(event.Category, ["Suspicious.Miner"]);
	assert.deepEqual(event.Source, [{ IP4: ["10.0.0.1"], Port: [40_000], Proto: ["tcp"] }]);
	assert.deepEqual(event.Target[0].Hostname, ["xmr.pool.example"]);
	assert.equal(event.Node[0].Name, "cz.example.decrypto");
	assert.equal(event.FlowCount, 5);
	assert.equal(event.EventTime, "2023-11-14T22:13:20.000000Z");

	for (let twice = 0; twice < 2; twice++) run("report-idea", "-i", `f:${alerts}`, "--spool", join(folder, "spool"));
	const [file, ...others] = readdirSync(join(folder, "spool", "incoming"));
	assert.equal(others.length, 0, "the same alert is the same event");
	assert.equal(JSON.parse(readFileSync(join(folder, "spool", "incoming", file!), "utf8")).ID, event.ID);
});

test("wrong input and wrong options are one line and a status", async () => {
	const foreign = join(folder, "foreign.trapcap");
	const output = await openTrapOutput(foreign);
	await output.begin(parseTemplate("uint32 N"));
	await output.send(new Uint8Array(4), 0, 4);
	await output.close();
	const aggregate = run("aggregate", "-i", `f:${foreign},b:`, "--no-service");
	assert.equal(aggregate.status, 1);
	assert.match(
		aggregate.stderr,
		/^decrypto: the records are not those of a miner detector: they lack ipaddr SRC_IP, .*\n$/,
	);
	const report = run("report-idea", "-i", `f:${foreign}`, "--output", "-");
	assert.equal(report.status, 1);
	assert.match(report.stderr, /the records are not an aggregator's/);
	assert.equal(run("report-idea", "-i", `f:${foreign}`).status, 2);
	assert.equal(run("aggregate", "-i", "f:x,b:", "-a", "0").status, 2);
});
