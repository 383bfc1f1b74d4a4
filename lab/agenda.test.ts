import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Agenda } from "./agenda.ts";

describe("an agenda", () => {
	it("gives what was added sorted by time, and in the order of adding where times are equal", () => {
		fc.assert(
			fc.property(fc.array(fc.nat(20)), (times) => {
				const agenda = new Agenda<number>();
				for (const [i, at] of times.entries()) agenda.add(at, i);
				const taken: (readonly [number, number])[] = [];
				for (let next = agenda.take(); next !== undefined; next = agenda.take()) taken.push([next.at, next.what]);
				const sorted = times.map((at, i) => [at, i] as const).sort(([a, i], [b, j]) => a - b || i - j);
				assert.deepEqual(taken, sorted);
			}),
		);
	});

	it("keeps what is later than asked for", () => {
		const agenda = new Agenda<string>();
		agenda.add(5, "later");
		assert.equal(agenda.take(4), undefined);
		assert.equal(agenda.take(5)?.what, "later");
		assert.equal(agenda.take(), undefined);
	});
});
