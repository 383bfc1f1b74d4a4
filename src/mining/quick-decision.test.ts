import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { QUICK_DECISION, quickDecision } from "./quick-decision.ts";
import { recogniseMining } from "./recognise-mining.ts";
import { EXAMPLES } from "./testing.ts";

const hex = "0123456789abcdef".repeat(10);
const MESSAGES = [
	'{"id":4,"method":"mining.submit","params":["w","1","2","3","4"]}\n',
	'{"id":null,"method":"mining.set_difficulty","params":[512.5]}\n{"id":null,"method":"mining.notify","params":["1",true]}\n',
	'{"id": 1, "method": "mining.subscribe", "params": null}\n',
	'{"method":"mining.notify"}\n',
	`{"id":9,"jsonrpc":"2.0","method":"submit","params":{"id":"a","job_id":"b","nonce":"12ab34cd","result":"${hex}"}}\n`,
	`{"jsonrpc":"2.0","method":"job","params":{"blob":"${hex}","job_id":"x","target":"b88d0600"}}\n`,
	'{"id":3,"jsonrpc":"2.0","method":"keepalived","params":{"id":"a"}}\n',
	'{"id":255,"jsonrpc":"2.0","result":{"status":"OK"},"error":null}\n',
	'{"id":1,"jsonrpc":"2.0","error":null,"result":{"id":"x","status":"OK"}}\n',
	'{"id":1,"method":"eth_submitLogin","worker":"rig","params":["0xabc","x"]}\n',
	'{"worker":"","jsonrpc":"2.0","params":[],"id":3,"method":"eth_getWork"}\n',
];

const surely = (bytes: Uint8Array) => quickDecision(bytes, 0, bytes.length) === QUICK_DECISION.MINING;
const surelyNot = (bytes: Uint8Array) => quickDecision(bytes, 0, bytes.length) === QUICK_DECISION.NOT_MINING;

/**
 * Texts with up to three places changed, each before an offset, by deleting and inserting characters; then the text is
 * cut.
 */
function changed(
	texts: fc.Arbitrary<string>,
	inserted: fc.Arbitrary<string>,
	most: { before: number; removed: number; length: number },
): fc.Arbitrary<Buffer> {
	const change = fc.record({ at: fc.nat(most.before), remove: fc.nat(most.removed), insert: inserted });
	return fc.tuple(texts, fc.array(change, { maxLength: 3 }), fc.nat(most.length)).map(([text, changes, length]) =>
		Buffer.from(
			changes.reduce((so, { at, remove, insert }) => so.slice(0, at) + insert + so.slice(at + remove), text),
			"latin1",
		).subarray(0, length),
	);
}

test("frequent messages are decided as mining, complete or cut after the relevant members", () => {
	for (const message of MESSAGES) assert.equal(surely(Buffer.from(message)), true, message);
	for (const message of MESSAGES.slice(4, 6))
		assert.equal(surely(Buffer.from(message).subarray(0, 100)), true, message);
});

test("everything decided as mining is recognised, with any cut or change", () => {
	const texts = fc.constantFrom(...MESSAGES, ...EXAMPLES.map(({ bytes }) => Buffer.from(bytes).toString("latin1")));
	const pieces = fc.constantFrom(
		...'{}[],:"\\ \n-.0e',
		"null",
		"7",
		'"status":"OK",',
		'"error":null,',
		'"x":1,',
		'"result":',
		'"id"',
		'"method"',
		'"params"',
		'"nonce":"a"',
		'"blob":1,',
		"mining.submit",
	);
	const inserted = fc.oneof(pieces, fc.string({ maxLength: 3 }));
	let sure = 0;
	fc.assert(
		fc.property(changed(texts, inserted, { before: 300, removed: 8, length: 400 }), (bytes) => {
			if (!surely(bytes)) return;
			sure++;
			assert.ok(recogniseMining(bytes, 0, bytes.length), bytes.toString("latin1"));
		}),
		{ numRuns: 20_000 },
	);
	assert.ok(sure > 500, `${sure} were sure`);
});

test("replies with only numbers and literals are decided as not mining, and are not recognised", () => {
	const names = [
		"id",
		"result",
		"error",
		"jsonrpc",
		"method",
		"params",
		"type",
		"worker",
		"job",
		"status",
		"height",
		"nonce",
	];
	const literal = fc.oneof(fc.constantFrom("true", "false", "null", "-1.5", "0"), fc.integer().map(String));
	const member = fc.tuple(fc.constantFrom(...names), literal).map(([name, value]) => `"${name}": ${value}`);
	const message = fc.array(member, { minLength: 1, maxLength: 6 }).map((members) => `{${members.join(" , ")}}\n`);
	fc.assert(
		fc.property(fc.array(message, { minLength: 1, maxLength: 20 }), (messages) => {
			const bytes = Buffer.from(messages.join(""));
			assert.equal(surelyNot(bytes), true);
			assert.equal(recogniseMining(bytes, 0, bytes.length), undefined);
		}),
	);
});

test("JSON without a relevant member is decided as not mining; malformed or possible mining JSON is unclear", () => {
	const not = [
		'{"temperature":{"value":21.5,"unit":"C"},"labels":["a","b"],"ok":true}',
		'{"type":"message","data":{"method":"login","job_id":"7"}}',
		'{"worker":"w","id":6}\n{"status":"OK"}\n',
		'{"id":1,"name":"cut in a te',
		'{"id":1}{',
		"{}",
	];
	const unclear = [
		'{"id" 1}',
		'{"id":1}x',
		'{"id":1 "x":2}',
		'{"a":"\\u0000"}',
		"",
		"[1]",
		'{"method":"get"}',
		'{"result":[]}',
		'{"error":{"code":-1}}',
		'{"type":"job","params":{}}',
		'{"worker":"w","params":["x"]}',
		'{"identifier":"job"}',
		'{"id":1}{"method":"x"}',
		`{"a":${"[".repeat(12)}`,
	];
	for (const text of not) assert.equal(surelyNot(Buffer.from(text)), true, text);
	for (const text of unclear)
		assert.equal(quickDecision(Buffer.from(text), 0, text.length), QUICK_DECISION.UNCLEAR, text);
});

test("JSON decided as not mining is not recognised by the full reader of streams", () => {
	const names = ["id", "method", "params", "result", "error", "type", "identifier", "worker", "job", "job_id", "blob"];
	const texts = [
		"login",
		"job",
		"submit",
		"auth",
		"handshake",
		"solved",
		"getwork",
		"mining.submit",
		"eth_getWork",
		"x",
	];
	const { value } = fc.letrec((tie) => ({
		value: fc.oneof(
			{ maxDepth: 3 },
			fc.constantFrom(...texts, hex, `0x${hex.slice(0, 64)}`, `0x${hex.slice(0, 40)}`),
			fc.constantFrom(null, true, false, 1, -1, 23, 0.5),
			tie("list"),
			tie("object"),
		),
		list: fc.array(tie("value"), { maxLength: 4 }),
		object: fc.dictionary(fc.constantFrom(...names, "pool", "login", "pass", "status", "nonce"), tie("value"), {
			maxKeys: 5,
		}),
	}));
	const message = fc.dictionary(fc.constantFrom(...names, "jsonrpc", "status", "data"), value, { maxKeys: 5 });
	let no = 0;
	fc.assert(
		fc.property(fc.array(message, { minLength: 1, maxLength: 3 }), fc.nat(300), (messages, length) => {
			const bytes = Buffer.from(messages.map((each) => JSON.stringify(each)).join("\n")).subarray(0, length);
			if (!surelyNot(bytes)) return;
			no++;
			assert.equal(recogniseMining(bytes, 0, bytes.length), undefined, bytes.toString());
		}),
		{ numRuns: 20_000 },
	);
	assert.ok(no > 2000, `${no} were no`);
});

test("everything decided as not mining is not recognised, with any change", () => {
	const text = fc.constantFrom(
		'{"id":4,"result":true,"error":null}\n',
		'{"id":1}\n{"result":2}\n{"error":3}',
		...MESSAGES,
	);
	const pieces = fc.constantFrom(...'{}[],:"\\ \n-.0e', "null", '"id":1', "true");
	let sure = 0;
	fc.assert(
		fc.property(changed(text, pieces, { before: 60, removed: 30, length: 200 }), (bytes) => {
			if (!surelyNot(bytes)) return;
			sure++;
			assert.equal(recogniseMining(bytes, 0, bytes.length), undefined, bytes.toString("latin1"));
		}),
		{ numRuns: 20_000 },
	);
	assert.ok(sure > 100, `${sure} were sure`);
});

test("bytes before and after the payload are not read", () => {
	const inside = Buffer.from(`{${MESSAGES[0]}}`);
	assert.equal(quickDecision(inside, 1, inside.length - 1), QUICK_DECISION.MINING);
	assert.notEqual(quickDecision(inside, 1, 20), QUICK_DECISION.MINING);
});

test("no message of the examples is settled as ordinary", () => {
	for (const { bytes, message } of EXAMPLES) assert.equal(surelyNot(bytes), false, message);
});
