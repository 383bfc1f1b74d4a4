import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { ideaFormat } from "../formats/idea.ts";
import { jsonFormat } from "../formats/json.ts";
import { zeekFormat } from "../formats/zeek.ts";
import { createNotification } from "../notification.ts";
import type { NotificationFormat } from "../notification-format.ts";
import { WorkFolder } from "../peers.testing.ts";
import { numberedEvent, sampleSender } from "../testing.ts";
import { FileTransport } from "./file.ts";
import { SpoolTransport } from "./spool.ts";
import { StreamTransport } from "./stdout.ts";

const signal = AbortSignal.timeout(60_000);

function messageOf(format: NotificationFormat, n: number) {
	const notification = createNotification(numberedEvent(n));
	return { notifications: [notification], body: format.encode(notification, sampleSender), contentType: "" };
}

function sequencesIn(path: string): number[] {
	return readFileSync(path, "utf8")
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line).sequence);
}

test("a file is appended to, and followed after logrotate moved it and sent SIGHUP", async () => {
	using folder = new WorkFolder();
	const path = folder.join("incidents.ndjson");
	writeFileSync(path, `${jsonFormat.encode(createNotification(numberedEvent(1)), sampleSender)}\n`);
	const transport = new FileTransport(path, jsonFormat);
	await transport.send(messageOf(jsonFormat, 2));
	renameSync(path, `${path}.1`);
	await transport.send(messageOf(jsonFormat, 3));
	await transport.reopen();
	await transport.send(messageOf(jsonFormat, 4));
	await transport.close();
	assert.deepEqual(sequencesIn(`${path}.1`), [1, 2, 3]);
	assert.deepEqual(sequencesIn(path), [4]);
});

test("a file makes room by size, old ones are kept in number, and each begins with the header of its format", async () => {
	using folder = new WorkFolder();
	const path = folder.join("notice.log");
	const transport = new FileTransport(path, zeekFormat, { size: 1200, keep: 2 });
	for (let n = 1; n <= 12; n++) await transport.send(messageOf(zeekFormat, n));
	await transport.close();
	assert.deepEqual(readdirSync(folder.path).sort(), ["notice.log", "notice.log.1", "notice.log.2"]);
	for (const name of readdirSync(folder.path)) {
		const text = readFileSync(folder.join(name), "utf8");
		assert.ok(text.startsWith("#separator \\x09\n") && text.length <= 1200, name);
	}
	assert.match(readFileSync(path, "utf8"), /-12\t/);
});

test("a file makes room by age", async () => {
	using folder = new WorkFolder();
	const path = folder.join("a");
	const transport = new FileTransport(path, jsonFormat, { age: 50, keep: 5 });
	await transport.send(messageOf(jsonFormat, 1));
	await new Promise((resolve) => setTimeout(resolve, 60));
	await transport.send(messageOf(jsonFormat, 2));
	await transport.close();
	assert.deepEqual(sequencesIn(`${path}.1`), [1]);
	assert.deepEqual(sequencesIn(path), [2]);
});

test("a full disk fails the attempt and says why", {
	skip: existsSync("/dev/full") ? false : "needs /dev/full",
}, async () => {
	await assert.rejects(
		new FileTransport("/dev/full", jsonFormat).send(messageOf(jsonFormat, 1)),
		/\/dev\/full: no space/,
	);
	await assert.rejects(
		new FileTransport("/none/x", jsonFormat).send(messageOf(jsonFormat, 1)),
		/\/none\/x: no such file/,
	);
});

test("a spool directory gets one whole file per event; a repeated event replaces its own", async () => {
	using folder = new WorkFolder();
	const transport = new SpoolTransport(folder.join("spool"), "idea");
	for (const n of [1, 2, 2, 1]) await transport.send(messageOf(ideaFormat, n));
	const names = readdirSync(folder.join("spool", "incoming"));
	assert.equal(names.length, 2);
	assert.deepEqual(readdirSync(folder.join("spool", "tmp")), []);
	for (const name of names) {
		const { Format, ID } = JSON.parse(readFileSync(folder.join("spool", "incoming", name), "utf8"));
		assert.equal(Format, "IDEA0");
		assert.match(ID, /^[0-9a-f-]{36}$/);
	}
});

test("standard output gets the header once, then line after line", async () => {
	const stream = new PassThrough();
	const transport = new StreamTransport(stream, zeekFormat);
	for (const n of [1, 2]) await transport.send(messageOf(zeekFormat, n), signal);
	const lines = stream.read().toString().trimEnd().split("\n");
	assert.equal(lines.filter((line: string) => line.startsWith("#fields")).length, 1);
	assert.equal(lines.filter((line: string) => !line.startsWith("#")).length, 2);
});
