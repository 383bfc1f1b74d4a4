import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CutArray, CutObject, CutText, type CutValue } from "./cut-json.ts";
import { readCutJson } from "./read-cut-json.ts";

const read = (text: string) => {
	const bytes = Buffer.from(text, "latin1");
	return readCutJson(bytes, 0, bytes.length);
};

/** The values that were read as plain JavaScript values; the empty name of a tail's first part is kept. */
function plain(value: CutValue | undefined): unknown {
	if (value instanceof CutText) return value.text;
	if (value instanceof CutArray) return value.items.map(plain);
	if (value instanceof CutObject)
		return Object.fromEntries([...value.members].map(([name, member]) => [name, plain(member)]));
	return value;
}

test("complete messages are read one after another, with any white space between them", () => {
	const { values, fragment } = read('{"id":1,"ok":true}\r\n[1,[2.5,null]] {"a":{"b":"c"}}\n');
	assert.deepEqual(values.map(plain), [{ id: 1, ok: true }, [1, [2.5, null]], { a: { b: "c" } }]);
	assert.equal(fragment, undefined);
	assert.ok(values.every((value) => (value as CutObject).whole));
});

test("the result equals that of JSON.parse for valid JSON", () => {
	const ascii = fc.string({ unit: fc.constantFrom(...'abc {}[]:,"\\/\n0é'.split("")) });
	const json = fc.letrec((tie) => ({
		value: fc.oneof({ maxDepth: 4 }, fc.boolean(), fc.constant(null), fc.integer(), ascii, tie("list"), tie("object")),
		list: fc.array(tie("value"), { maxLength: 4 }),
		object: fc.uniqueArray(fc.tuple(ascii, tie("value")), { maxLength: 4, selector: ([name]) => name }).map((entries) =>
			// biome-ignore lint/suspicious/noExplicitAny: any JSON at all
			Object.fromEntries(entries.filter(([name]) => name !== "__proto__") as any),
		),
	}));
	fc.assert(
		fc.property(fc.oneof(json.list, json.object), (value) => {
			assert.deepEqual(read(JSON.stringify(value)).values.map(plain), [value]);
		}),
	);
});

test("a message cut anywhere keeps the part before the cut and is marked as incomplete", () => {
	const text = '{"id":1,"method":"login","params":{"login":"4abc","list":["x","y"]}}';
	for (let length = 1; length < text.length; length++) {
		const { values } = read(text.slice(0, length));
		assert.equal(values.length, 1, text.slice(0, length));
		const message = values[0] as CutObject;
		assert.equal(message.whole, false);
		if (length > 9) assert.equal(message.get("id"), 1);
		if (length > 26) assert.equal(plain(message.get("method")), "login");
	}
});

test("cut strings and names are marked as incomplete", () => {
	const message = read('{"method":"mining.sub').values[0] as CutObject;
	const method = message.get("method") as CutText;
	assert.deepEqual([method.text, method.whole], ["mining.sub", false]);
	assert.equal((read('{"id":1,"job_').values[0] as CutObject).cutName, "job_");
	assert.equal((read('{"id":1,"job_id"').values[0] as CutObject).cutName, "job_id");
});

test("a tail that begins inside a string, a number or between members is rebuilt", () => {
	assert.deepEqual(plain(read('0000","1a01",false],"id":null,"method":"mining.notify"}\n').fragment), {
		"": ["0000", "1a01", false],
		id: null,
		method: "mining.notify",
	});
	assert.deepEqual(plain(read('12,"target":"b88d0600","algo":"rx/0"}}\n').fragment), {
		"": { target: "b88d0600", algo: "rx/0" },
	});
	assert.deepEqual(plain(read(',"params":["a"],"id":4}').fragment), { params: ["a"], id: 4 });
	assert.deepEqual(plain(read('hod":"x","id":4}').fragment), { "": "x", id: 4 });
});

test("complete messages after a tail are read", () => {
	const { fragment, values } = read('ff"],"id":4}\n{"id":5,"result":true}\n{"id":6');
	assert.deepEqual(plain(fragment), { "": ["ff"], id: 4 });
	assert.deepEqual(values.map(plain), [{ id: 5, result: true }, { id: 6 }]);
});

test("text that is not JSON yields no value, and values before it are kept", () => {
	for (const text of [
		"",
		"SSH-2.0-OpenSSH_9.6",
		"GET / HTTP/1.1\r\n",
		"Content-Length: 5\r\n\r\n{}",
		'{"a" 1}',
		"{]",
		'{"a":tru1}',
	]) {
		assert.deepEqual(read(text).values, [], text);
	}
	assert.deepEqual(read('{"a":1} rest').values.map(plain), [{ a: 1 }]);
	assert.equal(read('\x01\x02","method":"mining.notify"}').fragment, undefined);
});

test("values nested deeper than any message are malformed, and long runs of brackets are harmless", () => {
	assert.deepEqual(read("[".repeat(100_000)).values, []);
	assert.equal(read(`"x"${"]".repeat(100_000)}`).fragment, undefined);
});

test("reading takes at most four steps per byte on any input", () => {
	const hostile = fc.constantFrom(
		"{",
		"}",
		"[",
		"]",
		'"',
		"\\",
		":",
		",",
		" ",
		"\n",
		"a",
		"1",
		'"a":',
		"\\u00",
		"null",
		"\x80",
	);
	fc.assert(
		fc.property(fc.array(hostile, { maxLength: 400 }), fc.integer({ min: 1, max: 50 }), (parts, times) => {
			const bytes = Buffer.from(parts.join("").repeat(times), "latin1");
			assert.ok(readCutJson(bytes, 0, bytes.length).steps <= 4 * bytes.length + 16);
		}),
	);
});
