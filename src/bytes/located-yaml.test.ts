import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { z } from "zod";
import { LocatedYamlError, readLocatedYaml } from "./located-yaml.ts";

const schema = z.strictObject({
	name: z.string(),
	level: z.enum(["suspected", "probable"]).default("probable"),
	inputs: z
		.array(
			z.union([
				z.strictObject({ live: z.string(), threads: z.number().int().min(1).optional() }),
				z.strictObject({ follow: z.string() }),
			]),
		)
		.default([]),
	every: z.union([z.string(), z.number()]).optional(),
});

function problemsOf(text: string): string[] {
	try {
		readLocatedYaml("f.yaml", text, schema);
		return [];
	} catch (error) {
		assert.ok(error instanceof LocatedYamlError, String(error));
		return error.message.split("\n");
	}
}

test("a valid file returns its value, with defaults, and the location of each value", () => {
	const { value, locate } = readLocatedYaml("f.yaml", "name: a\ninputs:\n  - live: eth0\n", schema);
	assert.deepEqual(value, { name: "a", level: "probable", inputs: [{ live: "eth0" }] });
	assert.deepEqual(locate(["inputs", 0, "live"]), { line: 3, column: 11 });
	assert.deepEqual(locate(["nothing", "there"]), { line: 1, column: 1 });
});

test("JSON is read as well", () => {
	assert.deepEqual(problemsOf('{"name": "a",\n "every": 5}'), []);
	assert.deepEqual(problemsOf('{"name": "a",\n "evry": 5}'), ['f.yaml:2:2: unknown key "evry"; did you mean "every"?']);
});

test("an unknown key is located and gets the nearest key, or all keys", () => {
	assert.deepEqual(problemsOf("name: a\nlevle: probable\n"), [
		'f.yaml:2:1: unknown key "levle"; did you mean "level"?',
	]);
	assert.deepEqual(problemsOf("name: a\nxyzzy: 1\n"), [
		'f.yaml:2:1: unknown key "xyzzy"; the keys here are name, level, inputs, every',
	]);
});

test("the error of a wrong value has its location and the expected type", () => {
	assert.deepEqual(problemsOf("name: 5\nlevel: probabel\nevery: []\n"), [
		"f.yaml:1:7: name: expected string, found 5",
		'f.yaml:2:8: level: expected suspected or probable, found "probabel"; did you mean "probable"?',
		"f.yaml:3:8: every: expected string or number, found a list",
	]);
	assert.deepEqual(problemsOf(""), ["f.yaml:1:1: name: expected string, found nothing"]);
});

test("the error of a union is that of its nearest alternative", () => {
	assert.deepEqual(problemsOf("name: a\ninputs:\n  - live: eth0\n    thread: 2\n"), [
		'f.yaml:4:5: unknown key "thread"; did you mean "threads"?',
	]);
});

test("syntax errors are located", () => {
	assert.match(problemsOf("name: [a\nlevel: x")[0]!, /^f\.yaml:\d+:\d+: ./);
	assert.match(problemsOf("name: a\nname: b\n")[0]!, /^f\.yaml:2:1: Map keys must be unique/);
});

test("nested aliases do not expand without bound", () => {
	const bomb = ["a: &a [x, x, x, x, x, x, x, x, x, x]"];
	for (let i = 1; i < 12; i++) {
		const before = String.fromCharCode(96 + i);
		const name = String.fromCharCode(97 + i);
		bomb.push(`${name}: &${name} [${`*${before}, `.repeat(9)}*${before}]`);
	}
	assert.match(problemsOf(bomb.join("\n"))[0]!, /alias/);
});

test("every text returns a value or a located error", () => {
	fc.assert(
		fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.json(), fc.lorem()), (text) => {
			for (const line of problemsOf(text)) assert.ok(line.length > 0);
		}),
	);
});

test("a text that is nested beyond the parser's stack is one problem of the file", () => {
	const blocks = Array.from({ length: 4000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n");
	for (const text of ["[".repeat(200_000), "? ".repeat(100_000), blocks]) {
		assert.throws(() => readLocatedYaml("deep.yaml", text, z.strictObject({})), LocatedYamlError);
	}
});
