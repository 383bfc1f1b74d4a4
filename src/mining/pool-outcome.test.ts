import assert from "node:assert/strict";
import { test } from "node:test";
import { joinFindings } from "./join-findings.ts";
import { poolOutcome } from "./pool-outcome.ts";
import { recogniseMining } from "./recognise-mining.ts";

const outcome = (text: string) => poolOutcome(Buffer.from(text), 0, text.length);
const find = (text: string) => recogniseMining(Buffer.from(text), 0, text.length)!;

test("a pool that sends a job or accepts a share is working, even if it refused another share", () => {
	const job = '{"id":null,"method":"mining.notify","params":["1","ab"]}\n';
	const refusal = '{"id":4,"result":null,"error":[21,"Job not found",null]}\n';
	assert.equal(outcome(job), "working");
	assert.equal(outcome(refusal + job), "working");
	assert.equal(outcome('{"id":21,"jsonrpc":"2.0","result":{"status":"OK"},"error":null}\n'), "working");
});

test("an error without a job is a refusal, in the format of any pool", () => {
	assert.equal(outcome('{"id":2,"result":null,"error":[24,"Unauthorized worker",null]}\n'), "refused");
	assert.equal(outcome('{"id":1,"jsonrpc":"2.0","error":{"code":-1,"message":"Invalid address"}}\n'), "refused");
});

test("no payload is unanswered, and payload without evidence is unknown", () => {
	assert.equal(outcome(""), "unanswered");
	assert.equal(outcome('{"id":1,"result":true,"error":null}\n'), "unknown");
	assert.equal(outcome("\x16\x03\x03\x00\x7a\x02\x00"), "unknown");
});

test("the other direction corrects the protocol of a login", () => {
	const login = find(
		'{"id":"0","jsonrpc":"2.0","method":"login","params":{"login":"a","pass":"x","agent":"bminer (v12)"}}',
	);
	assert.equal(login.protocol, "monero-stratum");
	const template = `{"id":"0","result":{"difficulty":1,"height":7,"job_id":0,"pre_pow":"${"00".repeat(80)}"},"method":"getjobtemplate"}`;
	const joined = joinFindings(login, find(template));
	assert.deepEqual(
		[joined.protocol, joined.coin, joined.message, joined.outcome],
		["grin-stratum", "Grin", "login", "working"],
	);
});

test("facts from the miner take precedence", () => {
	const submit = find('{"id":7,"method":"miner-submit","params":[{"payload":"41","timestamp":1,"nonce":77}]}');
	const other = find('{"id":null,"method":"mining.notify","params":["1","ab"]}');
	assert.equal(joinFindings(submit, other).protocol, "pascal-stratum");
});
