import assert from "node:assert/strict";
import { test } from "node:test";
import { byteSize, counted, duration, grouped } from "./quantities.ts";

test("quantities read as people write them", () => {
	assert.equal(grouped(1234567), "1,234,567");
	assert.deepEqual([999, 1000, 88_449, 999_600, 123_456_789].map(byteSize), [
		"999 B",
		"1.0 kB",
		"88.4 kB",
		"1.0 MB",
		"123 MB",
	]);
	assert.deepEqual([0.4211, 12.3, 200, 7500].map(duration), ["0.42 s", "12 s", "3 min 20 s", "2 h 5 min"]);
	assert.deepEqual([counted(1, "flow"), counted(2000, "flow")], ["1 flow", "2,000 flows"]);
});
