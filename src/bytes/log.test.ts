import assert from "node:assert/strict";
import { test } from "node:test";
import { Log, type LogOptions } from "./log.ts";

function written(options: LogOptions, work: (log: Log) => void): string[] {
	const lines: string[] = [];
	const log = new Log((line) => lines.push(line), options);
	work(log);
	return lines;
}

test("a line has time, level, topic and sentence", () => {
	const [line] = written({ level: "info", format: "text" }, (log) => log.info("input", "live:eth0 is open"));
	assert.match(line!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info input: live:eth0 is open$/);
});

test("lines below the level are left out", () => {
	const lines = written({ level: "warning", format: "text" }, (log) => {
		log.debug("a", "1");
		log.info("a", "2");
		log.warn("a", "3");
		log.error("a", "4");
	});
	assert.deepEqual(
		lines.map((line) => line.at(-1)),
		["3", "4"],
	);
});

test("lines for journald have priorities and no time", () => {
	const lines = written({ level: "debug", format: "text", journal: true }, (log) => {
		log.debug("a", "x");
		log.info("a", "x");
		log.warn("a", "x");
		log.error("a", "x");
	});
	assert.deepEqual(lines, ["<7>a: x", "<6>a: x", "<4>a: x", "<3>a: x"]);
});

test("JSON has the fields beside the sentence", () => {
	const [line] = written({ level: "info", format: "json" }, (log) => log.warn("input", "it\nfailed", { input: "u:x" }));
	const { time, ...rest } = JSON.parse(line!) as Record<string, string>;
	assert.ok(Number.isFinite(Date.parse(time!)));
	assert.deepEqual(rest, { level: "warning", topic: "input", message: "it\nfailed", input: "u:x" });
});

test("text from the network neither ends a line nor moves the cursor", () => {
	const [line] = written({ level: "info", format: "text", journal: true }, (log) =>
		log.info("a", "x\r\n\u001b[2Jy\u2028z"),
	);
	assert.equal(line, "<6>a: x [2Jy z");
});

test("a flood of one topic is limited, and the rest is counted", () => {
	const lines = written({ level: "info", format: "text", journal: true }, (log) => {
		for (let i = 0; i < 1000; i++) log.warn("input", `fault ${i}`);
		log.warn("other", "is still heard");
		log.flush();
	});
	assert.equal(lines.length, 22);
	assert.ok(lines.some((line) => /980 more like it/.test(line)));
	assert.ok(lines.some((line) => line.endsWith("is still heard")));
});
