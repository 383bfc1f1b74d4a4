import assert from "node:assert/strict";
import { test } from "node:test";
import { columnsOfFlows } from "../flow/columns-of-flows.ts";
import type { Flow } from "../flow/flow.ts";
import { findMiningPayload, mayHaveMiningPayload } from "./payload.ts";

const EMPTY = new Uint8Array(0);

function flow(parts: Partial<Flow>): Flow {
	return {
		sourceAddress: "192.0.2.1",
		destinationAddress: "198.51.100.2",
		sourcePort: 40000,
		destinationPort: 3333,
		protocol: 6,
		bytes: 0,
		bytesReverse: 0,
		packets: 1,
		packetsReverse: 1,
		tcpFlags: 0,
		tcpFlagsReverse: 0,
		timeFirst: 0,
		timeLast: 0,
		packetLengths: [],
		packetDirections: [],
		packetFlags: [],
		packetTimes: [],
		payload: EMPTY,
		payloadReverse: EMPTY,
		serverName: "",
		...parts,
	};
}

const subscribe = Buffer.from('{"id":1,"method":"mining.subscribe","params":["cgminer/4.10.0"]}\n');
const notify = Buffer.from('{"id":null,"method":"mining.notify","params":["1","ab"]}\n');
const job = Buffer.from(`{"jsonrpc":"2.0","method":"job","params":{"algo":"rx/0","blob":"${"0c".repeat(20)}`);
const submit = Buffer.from('{"id":2,"jsonrpc":"2.0","method":"submit","params":{"id":"x","job_id":"y","nonce":"00');

test("a message in either direction is found, and its sender determines the mining end", () => {
	const flows = columnsOfFlows([
		flow({ payload: subscribe }),
		flow({ payloadReverse: subscribe }),
		flow({ payload: notify }),
		flow({ payloadReverse: notify }),
		flow({ payload: Buffer.from("SSH-2.0-OpenSSH_9.6\r\n") }),
	]);
	const found = [0, 1, 2, 3, 4].map((i) => findMiningPayload(flows, i));
	assert.deepEqual(
		found.map((finding) => finding && [finding.direction, finding.miner]),
		[["forward", "source"], ["reverse", "destination"], ["forward", "destination"], ["reverse", "source"], undefined],
	);
	assert.deepEqual(
		[0, 1, 2, 3, 4].map((i) => mayHaveMiningPayload(flows, i)),
		[true, true, true, true, false],
	);
});

test("a miner's message is preferred to a pool's, which adds the coin", () => {
	const flows = columnsOfFlows([
		flow({ payload: submit, payloadReverse: job }),
		flow({ payload: job, payloadReverse: submit }),
	]);
	assert.deepEqual(
		[0, 1].map((i) => findMiningPayload(flows, i)).map((f) => f && [f.message, f.coin, f.direction, f.miner]),
		[
			["submit", "Monero", "forward", "source"],
			["submit", "Monero", "reverse", "destination"],
		],
	);
});

test("the long payload is read if the first packet contains no evidence", () => {
	const head = Buffer.from("POST / HTTP/1.1\r\nHost: pool.example.org\r\n");
	const flows = columnsOfFlows([
		flow({ payload: head, longPayload: Buffer.concat([head, Buffer.from("X-Mining-Extensions: longpoll\r\n\r\n")]) }),
	]);
	assert.equal(findMiningPayload(flows, 0)?.protocol, "getwork");
});
