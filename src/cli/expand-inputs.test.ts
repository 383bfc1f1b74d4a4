import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { expandInputs } from "./expand-inputs.ts";

const folder = mkdtempSync(join(tmpdir(), "decrypto-inputs-"));
after(() => rmSync(folder, { recursive: true }));

test("a directory is its files in rotation order, without hidden ones and folders", () => {
	for (const name of ["trace.pcap10", "trace.pcap2", "trace.pcap", ".hidden"]) writeFileSync(join(folder, name), "");
	mkdirSync(join(folder, "older"));
	assert.deepEqual(
		expandInputs([folder]),
		["trace.pcap", "trace.pcap2", "trace.pcap10"].map((name) => ({ name: join(folder, name), found: true })),
	);
});

test("files, standard input and interfaces stay as they are named", () => {
	const names = ["-", "nowhere.pcap", "live:eth0", "u:flows", "ipfix+udp://0.0.0.0:4739"];
	assert.deepEqual(
		expandInputs(names),
		names.map((name) => ({ name, found: false })),
	);
});
