import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { timestamp } from "./timestamp.ts";

test("times are RFC 3339 in UTC with microseconds", () => {
	assert.equal(timestamp(1_578_788_723_903_130), "2020-01-12T00:25:23.903130Z");
	assert.equal(timestamp(0), "1970-01-01T00:00:00.000000Z");
	assert.equal(timestamp(-1), "1969-12-31T23:59:59.999999Z");
});

test("any number yields a valid time, to the microsecond if it is in range", () => {
	fc.assert(
		fc.property(fc.oneof(fc.double(), fc.integer({ min: 0, max: 2 ** 51 })), (time) => {
			const text = timestamp(time);
			assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
			if (Number.isInteger(time) && time >= 0 && time <= 2 ** 51) {
				assert.equal(Date.parse(`${text.slice(0, 23)}Z`) * 1000 + Number(text.slice(23, 26)), time + 0);
			}
		}),
	);
});
