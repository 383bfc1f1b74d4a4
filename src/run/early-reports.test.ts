import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { bytesOf, ethernet, ipv4, pcap, tcp } from "../capture/testing.ts";

const program = fileURLToPath(new URL("../../bin/decrypto.js", import.meta.url));
const LOGIN =
	'{"id":1,"jsonrpc":"2.0","method":"login","params":{"login":"4AdUndXHHZ6cfufTMvppY6JwXNouMBzSkbLYfpAV5Usx3skxNgYeYTRj5UzqtReoS44qo9mtmXCqY45DJ852K5Jv2684Rge","pass":"x","agent":"XMRig/6.21.0"}}\n';
const KEEPALIVE = '{"id":2,"jsonrpc":"2.0","method":"keepalived","params":{"id":"x"}}\n';
const PATIENCE_MS = 2000;

/** A packet of the connection, from the miner. */
function packet(text: string, at: number, sequence: number) {
	const ends = { source: [10, 0, 0, 1], destination: [10, 0, 0, 2] };
	const segment = tcp(bytesOf(text), { source: 40000, destination: 3333, flags: 0x18, sequence });
	return { time: (1_700_000_000 + at) * 1e6, bytes: ethernet(0x0800, ipv4(6, segment, ends)) };
}

test("a login on the wire is a line in under two seconds while the connection goes on, and the flow's end another", async () => {
	const child = spawn(process.execPath, [program, "detect", "-", "--format", "ndjson"], {
		stdio: ["pipe", "pipe", "inherit"],
	});
	let text = "";
	let told = (): void => {};
	child.stdout.setEncoding("utf8").on("data", (more) => {
		text += more;
		told();
	});
	const header = pcap(1, []);
	const whole = pcap(1, [packet("", 0, 6), packet(LOGIN, 1, 6), packet(KEEPALIVE, 2, 6 + LOGIN.length)]);
	const first = pcap(1, [packet("", 0, 6)]).length;
	const second = pcap(1, [packet("", 0, 6), packet(LOGIN, 1, 6)]).length;
	child.stdin.write(whole.subarray(0, header.length));
	child.stdin.write(whole.subarray(header.length, first));
	// The program is up when it has read the first packet; only the time from the login on counts.
	await new Promise((resolve) => setTimeout(resolve, 5000));
	assert.equal(text, "");
	const sent = performance.now();
	const line = new Promise<void>((resolve) => {
		told = () => text.includes("\n") && resolve();
	});
	child.stdin.write(whole.subarray(first, second));
	await line;
	const waited = performance.now() - sent;
	assert.ok(waited < PATIENCE_MS, `${waited} ms`);
	child.stdin.end(whole.subarray(second));
	await new Promise((resolve) => child.on("close", resolve));
	const [early, end, ...others] = text
		.trim()
		.split("\n")
		.map((each) => JSON.parse(each));
	assert.deepEqual(others, []);
	assert.deepEqual([early.part, early.packets, early.reason], ["early", 2, "stratum"]);
	assert.deepEqual([end.part, end.packets, end.flow_id], ["whole", 3, early.flow_id]);
});
