import assert from "node:assert/strict";
import { test } from "node:test";
import { MutedLog } from "./muted-log.ts";

test("a flood of one topic is muted and counted, other topics are not", () => {
	const lines: string[] = [];
	const log = new MutedLog((line) => lines.push(line), 2, 1000);
	for (let i = 0; i < 5; i++) log.warn("row", `row ${i}`, 0);
	log.warn("template", "template 258", 0);
	log.warn("row", "row 5", 1000);
	log.flush();
	assert.deepEqual(lines, ["row 0", "row 1", "template 258", "row: 3 more like it", "row 5"]);
});
