import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createCounters } from "../../bytes/counters.ts";
import {
	PAYLOAD_OF_MINER,
	PAYLOAD_OF_POOL,
	type SightingChanges,
	shapeOf,
	sightingAt,
} from "../../incident/sighting.testing.ts";
import { IncidentTracker } from "../../incident/tracker.ts";
import { InputRecord } from "./input-record.ts";
import type { ReportContents, ReportedHost } from "./report-contents.ts";
import { reportDocument } from "./report-document.ts";

const HOSTILE = '"><script>alert(1)</script>\u202e\u001b[31m';

const CONTENTS: ReportContents = {
	origin: {
		version: "1.2.3",
		command: "decrypto detect a.pcap",
		model: { name: "default", origin: "decrypto train", sha256: "ab".repeat(32) },
		thresholds: { ml: 0.9, dst: 0.5 },
		rules: [],
	},
	made: Date.UTC(2026, 2, 1),
	inputs: [{ name: HOSTILE, sha256: "cd".repeat(32), bytes: 1000, packets: 12, flows: 3, malformed: 1 }],
	totals: {
		inputs: 1,
		packets: 12,
		flows: 3,
		miner_flows: 1,
		mining_hosts: 1,
		not_judged_by_shape: 2,
		seconds: 1,
		malformed: { "tcp: header cut": 1 },
		warnings: ["a.pcap: the capture is cut short"],
	},
	hosts: [],
	furtherIncidents: 0,
	failures: [],
};

function hostOf(changes: SightingChanges): ReportedHost {
	const tracker = new IncidentTracker();
	const features = Array.from({ length: 5 }, (_, k) => ({
		name: `FEATURE_NUMBER_${k}`,
		value: k + 0.123456,
		effect: 0.1 - 0.05 * k,
	}));
	const shape = { ...shapeOf(0.95), features };
	const sightings = Array.from({ length: 6 }, (_, k) => {
		const sighting = sightingAt(5 * k, {
			evidence: [PAYLOAD_OF_MINER, PAYLOAD_OF_POOL, shape],
			coin: "Monero",
			...changes,
		});
		const times = Array.from({ length: 30 }, (_, n) => sighting.begin + 1.9e6 * n);
		const packets = {
			times,
			lengths: times.map((_, n) => 100 + 37 * n),
			directions: times.map((_, n) => (n % 3 === 0 ? 1 : -1)),
		};
		return { ...sighting, packets };
	});
	for (const sighting of sightings) tracker.add(sighting);
	tracker.flush();
	const { updated, events } = tracker.take();
	return {
		incident: updated[0]!.incident,
		events: events.map(({ at, kind, incident }) => ({ at, kind, confidence: incident.confidence })),
		flows: sightings.slice(0, 3),
		scores: sightings.map(({ at }) => ({ at, score: 0.95 })),
	};
}

test("the report needs nothing but itself, and text of the network is text", () => {
	const page = reportDocument({ ...CONTENTS, hosts: [hostOf({ serverName: HOSTILE, input: HOSTILE })] });
	assert.doesNotMatch(page, /<script|src=|@import|url\(|\u202e/);
	assert.ok(!page.includes("\u001b"));
	assert.doesNotMatch(page, /href="[^#]/, "links lead into the report only");
	assert.match(page, /default-src 'none'|default-src &#39;none&#39;/);
	assert.match(page, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
	assert.doesNotMatch(page, /NaN|undefined|Infinity/);
});

test("it says which hosts mine, by which evidence, how it was judged, and what could not be judged and why", () => {
	const page = reportDocument({ ...CONTENTS, hosts: [hostOf({})], failures: ["b.pcap: no such file"] });
	assert.match(page, /<h1>1 host mines cryptocurrency<\/h1>/);
	assert.match(page, /10\.3\.7\.21 has been mining Monero at 203\.0\.113\.7:443 since 2026-03-01 09:11 UTC; confirmed/);
	assert.match(page, /The payload speaks monero-stratum: login/);
	assert.equal(page.match(/aria-label="Flow of /g)?.length, 3);
	assert.match(page, /DeCrypto 1\.2\.3.*decrypto detect a\.pcap.*(ab){32}.*0\.9<.*0\.5</s);
	assert.match(page, /(cd){32}<\/td><td class="number">1\.0 kB<\/td><td class="number">12<\/td>/);
	for (const words of [/b\.pcap: no such file/, /2 flows had too few/, /1 time: tcp: header cut/, /cut short/]) {
		assert.match(page, words);
	}
});

test("a run that finds nothing says so", () => {
	const page = reportDocument({
		...CONTENTS,
		totals: { ...CONTENTS.totals, not_judged_by_shape: 0, malformed: {}, warnings: [] },
	});
	assert.match(page, /<h1>No cryptomining was found<\/h1>/);
	assert.match(page, /Every packet and flow of the inputs was read and judged/);
});

test("a hundred hosts stay below 2 MB", (t) => {
	const hosts = Array.from({ length: 100 }, (_, k) => hostOf({ miner: { address: `10.3.7.${k}`, port: 50_000 } }));
	const bytes = Buffer.byteLength(reportDocument({ ...CONTENTS, hosts }));
	t.diagnostic(`a report of 100 hosts has ${bytes} bytes`);
	assert.ok(bytes < 2e6);
});

test("inputs are listed with the hash of their bytes; what cannot be read again has none", async (t) => {
	const folder = mkdtempSync(join(tmpdir(), "decrypto-report-"));
	t.after(() => rmSync(folder, { recursive: true }));
	const path = join(folder, "empty.pcap");
	writeFileSync(path, "");
	const record = new InputRecord();
	record.opened(path, { ...createCounters(7), packets: 3 });
	record.opened("-", createCounters());
	const [file, stream] = await record.inputs();
	// SHA-256 of nothing: NIST's test vector of length 0.
	assert.equal(file!.sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert.deepEqual([file!.packets, file!.bytes], [3, 7]);
	assert.equal(stream!.sha256, undefined);
	assert.equal(readFileSync(path).length, 0);
});
