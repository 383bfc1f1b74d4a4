import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { flowAt } from "../flow/flow.ts";
import type { FlowSource } from "../flow/flow-source.ts";
import { InputList } from "./input-list.ts";
import { openInput } from "./open-input.ts";

const directory = mkdtempSync(join(tmpdir(), "decrypto-sensors-"));
after(() => rmSync(directory, { recursive: true }));

const log = (path: string, fields: string, ...rows: string[]) =>
	[`#separator \\x09`, `#path ${path}`, `#fields ${fields}`, ...rows]
		.join("\n")
		.replaceAll(" ", "\t")
		.replace("\t\\", " \\")
		.concat("\n");
const conn = (port: number) =>
	log(
		"conn",
		"ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto duration",
		`1735689600.0 C${port} 192.0.2.7 ${port} 198.51.100.9 443 tcp 10`,
	);
const ssl = (port: number) => log("ssl", "ts uid server_name", `1735689600.1 C${port} name-${port}.example`);

async function namesIn(source: FlowSource, count = Number.POSITIVE_INFINITY): Promise<string[]> {
	const names: string[] = [];
	for await (const batch of source) {
		for (let i = 0; i < batch.length; i++) names.push(flowAt(batch, i).serverName);
		if (names.length >= count) source.stop();
	}
	return names;
}

test("a day of Zeek's rotations is read once, each conn.log with the logs of its hour", async () => {
	const day = join(directory, "2026-01-01");
	mkdirSync(day);
	for (const hour of [9, 10]) {
		writeFileSync(join(day, `conn.${hour}:00:00.log.gz`), gzipSync(conn(hour)));
		writeFileSync(join(day, `ssl.${hour}:00:00.log.gz`), gzipSync(ssl(hour)));
		writeFileSync(join(day, `weird.${hour}:00:00.log.gz`), gzipSync(log("weird", "ts uid", "1 C1")));
	}
	writeFileSync(join(day, "notes.txt"), "no log");
	const list = new InputList([day]);
	const names: string[] = [];
	let opened = 0;
	for (let input = await list.next(); input; input = await list.next()) {
		const found = await openInput(input, { metering: {} });
		if (found === undefined) continue;
		opened++;
		assert.equal(found.kind, "sensor log");
		names.push(...(await namesIn(found.source)));
	}
	assert.deepEqual(names, ["name-9.example", "name-10.example"]);
	assert.equal(opened, 2);
});

test("an input without payload and packet lists says so", async () => {
	const path = join(directory, "conn.log");
	writeFileSync(path, conn(1));
	const { source } = (await openInput({ name: path }, { metering: {} }))!;
	assert.deepEqual(await namesIn(source), [""]);
	assert.match(source.counters.warnings[0]!, /no payload and no packet lists: flows are judged by server names/);
});

test("a log that somebody writes is known by what it holds already", { timeout: 10_000 }, async () => {
	const path = join(directory, "eve.json");
	writeFileSync(path, '{"timestamp":"2026-01-01T00:00:00Z",');
	setTimeout(() => appendFileSync(path, '"event_type":"stats"}\n'), 300);
	const found = await openInput({ name: path, directory, isGrowing: true }, { metering: {} }, () => true);
	assert.equal(found, undefined, "what is complete and of no known kind is passed over");
	const growing = openInput({ name: path, directory, isGrowing: true }, { metering: {} }, () => false);
	const { source, kind } = (await growing)!;
	assert.equal(kind, "sensor log");
	await source[Symbol.asyncDispose]();
});

test("follow: takes one log too, from its beginning", { timeout: 10_000 }, async () => {
	const folder = join(directory, "current");
	mkdirSync(folder);
	writeFileSync(join(folder, "ssl.log"), ssl(5));
	writeFileSync(join(folder, "conn.log"), conn(5));
	const { source, isLive } = (await openInput({ name: `follow:${join(folder, "conn.log")}` }, { metering: {} }))!;
	assert.equal(isLive, true);
	assert.deepEqual(await namesIn(source, 1), ["name-5.example"]);
});
