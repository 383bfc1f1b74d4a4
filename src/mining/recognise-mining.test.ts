import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { goldenLines, goldenSource } from "../../lab/golden-flows.ts";
import { miningScripts } from "../../lab/protocols/mining.ts";
import { ordinaryMining } from "../../lab/protocols/mining-parameters.ts";
import { ordinaryScripts } from "../../lab/protocols/ordinary.ts";
import { voidWallets } from "../../lab/protocols/void-wallets.ts";
import { Random } from "../../lab/random.ts";
import { needsShared, sharedPath } from "../../lab/shared-data.ts";
import { asksOtherwise } from "./asks-otherwise.ts";
import { mayBeMining } from "./may-be-mining.ts";
import { preambleEnd } from "./preamble.ts";
import { recogniseMining } from "./recognise-mining.ts";
import { BTC_WALLET, ETH_WALLET, EXAMPLES, webSocketFrame, XMR_WALLET } from "./testing.ts";

const recognise = (text: string | Buffer) => {
	const bytes = typeof text === "string" ? Buffer.from(text, "latin1") : text;
	return recogniseMining(bytes, 0, bytes.length);
};

for (const { bytes, protocol, message, sender, coin, software, walletPrefix, outcome } of EXAMPLES) {
	test(`${protocol}: ${message} of a ${sender}${software ? `, ${software}` : ""}${coin ? `, ${coin}` : ""}`, () => {
		const found = recognise(bytes);
		assert.ok(found);
		assert.deepEqual([found.protocol, found.message, found.sender], [protocol, message, sender]);
		assert.deepEqual([found.coin, found.software], [coin, software]);
		if (walletPrefix !== undefined) assert.equal(found.walletPrefix, walletPrefix);
		if (outcome !== undefined) assert.equal(found.outcome, outcome);
		assert.ok(found.excerpt.length > 0 && found.excerpt.length <= 200);
		assert.ok(mayBeMining(bytes, 0, bytes.length));
	});
}

/** Beam sorts the members of its messages by name: the method follows the hash. */
const METHOD_STANDS_LAST = "beam-stratum";

test("100 bytes are enough, except for Beam's messages and for longer HTTP heads", () => {
	for (const { bytes, protocol, message, sender } of EXAMPLES) {
		const found = recogniseMining(bytes, 0, Math.min(preambleEnd(bytes, 0, bytes.length) + 100, bytes.length));
		if (bytes.subarray(0, 5).toString() === "POST " || bytes.subarray(0, 5).toString() === "HTTP/") continue;
		if (protocol === METHOD_STANDS_LAST && found === undefined) continue;
		assert.equal(found?.sender, sender, `${protocol} ${message}`);
	}
});

test("a flow that begins in mid-conversation is recognised by the tail of a message or by the next one", () => {
	assert.equal(recognise('a41","504e86b9",false],"id":null,"method":"mining.notify"}\n')?.message, "mining.notify");
	assert.equal(
		recognise('0001","params":[1]}\n{"id":7,"method":"mining.submit","params":["w"]}\n')?.message,
		"mining.submit",
	);
	const job = recognise(
		`a5a5","job_id":"q8","target":"b88d0600","algo":"rx/0","height":1,"seed_hash":"${"0a".repeat(32)}"}}\n`,
	);
	assert.deepEqual([job?.protocol, job?.message, job?.sender], ["monero-stratum", "job", "pool"]);
});

test("later messages add the coin, the program and the kind of Stratum", () => {
	const found = recognise(
		`{"id":1,"method":"mining.subscribe","params":["cgminer/4.10.0"]}\n{"id":2,"method":"mining.authorize","params":["${BTC_WALLET}.a","x"]}\n`,
	);
	assert.deepEqual([found?.message, found?.software, found?.coin], ["mining.subscribe", "cgminer 4.10.0", "Bitcoin"]);
});

const ORDINARY: Readonly<Record<string, string>> = {
	"a language server":
		'Content-Length: 76\r\n\r\n{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"processId":1,"mining.":1}}',
	"a language server without its head":
		'{"jsonrpc":"2.0","id":1,"method":"textDocument/hover","params":{"textDocument":{"uri":"file:///mine"}}}',
	"a node asked for balances": '{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"to":"0x0"},"latest"]}',
	"a node asked for its height": '{"jsonrpc":"2.0","method":"eth_blockNumber","params":[],"id":83}\n',
	"a node asked whether it mines": '{"jsonrpc":"2.0","method":"eth_mining","params":[],"id":83}\n',
	"a node's subscription": '{"id": 1, "method": "eth_subscribe", "params": ["newHeads"]}',
	"a node's cut question": '{"jsonrpc":"2.0","id":1,"method":"eth_get',
	"a node's list of hashes in HTTP": `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"jsonrpc":"2.0","id":1,"result":["0x${"ab".repeat(32)}","0x${"cd".repeat(32)}","0x${"ef".repeat(32)}"]}`,
	"bitcoind asked for its height":
		'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: curl/8.5.0\r\n\r\n{"method":"getblockcount","params":[],"id":1}',
	"bitcoind asked about mining": '{"method":"getmininginfo","params":[],"id":1}',
	"monerod's reply": '{"id":"0","jsonrpc":"2.0","result":{"count":993163,"status":"OK","untrusted":false}}',
	"a Monero wallet": '{"jsonrpc":"2.0","id":"0","method":"get_balance","params":{"account_index":0}}',
	"an Electrum wallet": '{"jsonrpc": "2.0", "method": "server.version", "params": ["4.5.5", "1.4"], "id": 0}\n',
	Kodi: '{"jsonrpc":"2.0","method":"Player.GetActivePlayers","id":1}',
	"Kodi's reply": '{"id":1,"jsonrpc":"2.0","result":"OK"}',
	"a model context server":
		'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"mining.subscribe","arguments":{}}}\n',
	"FreeSWITCH Verto":
		'{"jsonrpc":"2.0","method":"login","params":{"login":"1008@example.org","passwd":"x","sessid":"1"},"id":3}',
	"another product's login": '{"jsonrpc":"2.0","method":"login","params":{"login":"admin","pass":"secret"},"id":1}',
	"another product's submit": '{"jsonrpc":"2.0","method":"submit","params":{"id":"12","form":"order"},"id":1}',
	"another product's job": '{"jsonrpc":"2.0","method":"job","params":{"id":7,"target":"printer"}}',
	"another product's job with a job_id": '{"method":"job","params":{"job_id":"17","target":"printer","queue":"a"}}',
	"any success": '{"jsonrpc":"2.0","id":1,"result":true}\n',
	"any success with an error member": '{"id":2,"result":true,"error":null}\n',
	"any error": '{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found"},"id":1}',
	"a chat about mining": '{"type":"message","text":"{\\"method\\":\\"mining.subscribe\\"}","params":[]}',
	"a page on mining": '<html><pre>{"id":1,"method":"mining.subscribe","params":[]}</pre>',
	"a word": "mining.notify",
	"a sensor's alert":
		'{"timestamp":"2026-11-22","event_type":"alert","payload_printable":"{\\"method\\":\\"mining.notify\\"}"}',
	"a browser": "GET /mining.subscribe HTTP/1.1\r\nHost: x\r\nUser-Agent: Mozilla/5.0 xmrig/6\r\n\r\n",
	"a job board": "GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: miner-news/1.0\r\n\r\n",
	"Bitcoin's peers": "\xf9\xbe\xb4\xd9version\x00\x00\x00\x00\x00U\x00\x00\x00\x01}\x00\x00",
	"Monero's peers":
		"\x01\x21\x01\x01\x01\x01\x01\x01\xe2\x00\x00\x00\x00\x00\x00\x00\x01\xe9\x03\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00",
	"Ethereum's peers (RLPx)": "\x01\x94\x04\xf4\xa2\x17\x9c\x02\xd1\x33\x01\x7f\x80\x41\x22\x10\x02\x9b\x00\x00",
	zeros: "\x00".repeat(100),
	"an ESP32's default name": "GET /state HTTP/1.1\r\nUser-Agent: ESP32 HTTP Client/1.0\r\nHost: iot.example\r\n\r\n",
	"an ESP32 that reports": "POST /report HTTP/1.1\r\nUser-Agent: ESP32 HTTP Client/1.0\r\nHost: iot.example\r\n\r\n",
	"a web application's long polling": "GET /updates HTTP/1.1\r\nHost: app.example\r\nX-Long-Polling: true\r\n\r\n",
	"a long-polling path that a client names": "GET /u HTTP/1.1\r\nHost: app.example\r\nX-Long-Polling: /lp\r\n\r\n",
	"a reply with long polling and other JSON":
		'HTTP/1.1 200 OK\r\nX-Long-Polling: /lp\r\n\r\n{"rooms":[{"name":"lobby","unread":3}]}',
	"a price ticker with a market's name":
		"GET /v1/price HTTP/1.1\r\nUser-Agent: NiceHash/3.1\r\nHost: api.example\r\n\r\n",
	"a price ticker that posts":
		'POST /v1/price HTTP/1.1\r\nUser-Agent: xmrig/6\r\nHost: x\r\n\r\n{"symbol":"BTC","fiat":"EUR"}',
	"an update check of a mining program": "GET /releases HTTP/1.1\r\nUser-Agent: cgminer/4.10\r\nHost: x\r\n\r\n",
	"a filter's one hash": `{"jsonrpc":"2.0","id":3,"result":["0x${"ab".repeat(32)}"]}`,
	"a filter's two hashes": `{"jsonrpc":"2.0","id":3,"result":["0x${"ab".repeat(32)}","0x${"cd".repeat(32)}"]}`,
	"a filter's three hashes": `{"jsonrpc":"2.0","id":3,"result":["0x${"ab".repeat(32)}","0x${"cd".repeat(32)}","0x${"ef".repeat(32)}"]}`,
	"a block explorer's template":
		'POST / HTTP/1.1\r\nHost: node.example\r\nUser-Agent: explorer/1.0\r\n\r\n{"id":1,"method":"getblocktemplate","params":[{"rules":["segwit"]}]}',
	"a node's template": `HTTP/1.1 200 OK\r\n\r\n{"result":{"capabilities":["proposal"],"version":536870912,"rules":[],"previousblockhash":"${"00".repeat(32)}","transactions":[],"coinbaseaux":{},"coinbasevalue":312500000,"longpollid":"0"}}`,
	"JSON-RPC with a client's method": '{"jsonrpc":"2.0","id":null,"method":"client.connect","params":["a"]}',
	"a client's event": '{"id":7,"method":"client.update","params":["a"]}',
	"a login with a key": '{"method":"login","params":{"api_key":"0123456789"},"id":1}',
	"a command for machines": '{"command":"MINING","request_id":"7","text":"x"}',
	"a registration": '{"message":"register","user":"somebody","mode":"mobile"}',
	"a SOCKS client that then speaks TLS":
		"\x05\x01\x00\x05\x01\x00\x03\x0bexample.org\x01\xbb\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
	"TLS after an alert": "\x15\x03\x03\x00\x02\x01\x00\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03aaaaaaaaaa",
	"chunked JSON of others":
		'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11\r\n{"method":"sum","\r\n4\r\na":1\r\n',
	"a page opened as a WebSocket":
		'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x0d{"hello":true}',
	"Kadena's explorer": "GET /chainweb/0.0/mainnet01/cut HTTP/1.1\r\nHost: n.example\r\n\r\n",
	"a Signum wallet": "GET /burst?requestType=getAccount&account=1 HTTP/1.1\r\nHost: n.example\r\n\r\n",
};

for (const [name, text] of Object.entries(ORDINARY)) {
	test(`not mining: ${name}`, () => assert.equal(recognise(text), undefined));
	if (text.startsWith("{") && !name.startsWith("a filter's")) {
		test(`not mining: ${name}, in a WebSocket and cut`, () => {
			assert.equal(recognise(webSocketFrame(text, [1, 2, 3, 4])), undefined);
			for (let length = 0; length < text.length; length++)
				assert.equal(recognise(text.slice(0, length)), undefined, text.slice(0, length));
		});
	}
}

test("a reply that is cut within a hash is a pool's reply unless the other direction requested something else", () => {
	const reply = `{"jsonrpc":"2.0","id":3,"result":["0x${"ab".repeat(10)}`;
	assert.equal(recognise(reply)?.message, "reply to eth_getWork");
	const request = Buffer.from('{"jsonrpc":"2.0","id":3,"method":"eth_getFilterChanges","params":["0x1"]}');
	assert.ok(asksOtherwise(request, 0, request.length));
});

test("no wallet, worker name, password or key is complete in an excerpt, wherever the message is cut", () => {
	const secrets = [XMR_WALLET, ETH_WALLET, BTC_WALLET, "rig7", "rig2", "somebody", "worker1", "dm9pZDp4", "voidvoid"];
	for (const { bytes } of EXAMPLES) {
		for (let length = 8; length <= bytes.length; length++) {
			const excerpt = recogniseMining(bytes, 0, length)?.excerpt ?? "";
			for (const secret of secrets) assert.ok(!excerpt.includes(secret), excerpt);
			assert.ok(!/[0-9a-zA-Z]{26,}/.test(excerpt), excerpt);
		}
	}
});

test("any bytes return a result, and excerpts are bounded", () => {
	fc.assert(
		fc.property(
			fc.uint8Array({ maxLength: 300 }),
			fc.constantFrom(...EXAMPLES),
			fc.nat(300),
			(noise, { bytes }, at) => {
				const payload = Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
				const found = recogniseMining(payload, 0, payload.length);
				if (found) assert.ok(found.excerpt.length <= 200 && found.message.length <= 40);
			},
		),
	);
});

const FLOWS = "data/flows/flows.csv.gz";

test("real miners: every flow whose payload begins with a mining message is recognised; real others: none", {
	skip: needsShared(FLOWS),
}, () => {
	const [head, ...rows] = gunzipSync(readFileSync(sharedPath(FLOWS)!))
		.toString()
		.trim()
		.split("\n") as [string, ...string[]];
	const names = head.split(",");
	const columns = ["IDP_CONTENT", "IDP_CONTENT_REV"].map((name) => names.indexOf(name));
	let miners = 0;
	let others = 0;
	for (const row of rows) {
		const fields = row.split(",");
		const payloads = columns.map((column) => Buffer.from(fields[column]!, "hex"));
		const found = payloads.map((payload) => recogniseMining(payload, 0, payload.length));
		if (fields[0] === "Other") {
			assert.deepEqual(found, [undefined, undefined]);
			others++;
		} else if (payloads.some((payload) => payload[0] === 0x7b)) {
			assert.ok(found[0] ?? found[1], row.slice(0, 400));
			miners++;
		}
		for (const payload of payloads) {
			// A bare `"result":true` is too generic; all other messages of pools and miners here are known.
			const bare = /"result":true}\n?$/.test(payload.toString("latin1"));
			if (fields[0] === "Miner" && payload[0] === 0x7b && !bare) assert.ok(recogniseMining(payload, 0, payload.length));
		}
	}
	assert.ok(miners > 1300 && others > 2900, `${miners} miners, ${others} others`);
});

const METERED = "golden/meter";

test("real captures of 270 kinds of ordinary traffic: nothing is recognised", { skip: needsShared(METERED) }, () => {
	let payloads = 0;
	for (const file of readdirSync(sharedPath(METERED)!)) {
		if (!file.endsWith(".csv.gz")) continue;
		for (const row of gunzipSync(readFileSync(sharedPath(`${METERED}/${file}`)!))
			.toString()
			.split("\n")) {
			for (const field of row.split(",").slice(12)) {
				if (field.length < 16 || !/^([0-9a-f]{2})+$/.test(field)) continue;
				const payload = Buffer.from(field, "hex");
				payloads++;
				assert.equal(recogniseMining(payload, 0, payload.length), undefined, `${file}: ${payload.toString("latin1")}`);
			}
		}
	}
	assert.ok(payloads > 3500, `${payloads} payloads`);
});

/** Sessions whose first bytes show no mining: the upgrade of a web page to WebSocket, Noise. */
const HIDDEN_AT_FIRST: ReadonlySet<string> = new Set(["webMiner", "stratumV2"]);

for (const [name, script] of Object.entries(miningScripts)) {
	test(`the laboratory's ${name}: recognised in the first 100 bytes of either end, with the correct sender, without its wallet`, () => {
		for (let seed = 0; seed < 20; seed++) {
			const { messages } = script(new Random(seed), { ...ordinaryMining, duration: 60 });
			const first = ["client", "server"].map((end) => messages.find(({ from }) => from === end)!);
			const told = first.some(({ bytes }) => recogniseMining(bytes!, 0, Math.min(100, bytes!.length)));
			assert.ok(told || HIDDEN_AT_FIRST.has(name), `seed ${seed}`);
			for (const { bytes, from } of messages) {
				const found = recogniseMining(bytes!, 0, bytes!.length);
				if (found) assert.equal(found.sender, from === "client" ? "miner" : "pool");
				for (const wallet of Object.values(voidWallets)) assert.ok(!found?.excerpt.includes(wallet));
			}
			if (name === "webMiner")
				assert.ok(messages.some(({ bytes }) => recogniseMining(bytes!, 0, 100)?.protocol === "web-miner"));
		}
	});
}

for (const [name, script] of Object.entries(ordinaryScripts)) {
	test(`the laboratory's ${name}: no message is recognised as mining`, () => {
		for (let seed = 0; seed < 20; seed++) {
			const { messages } = script(new Random(seed), { duration: 60, latency: 0.02, serverName: "www.example.org" });
			for (const { bytes } of messages) {
				if (bytes)
					assert.equal(recogniseMining(bytes, 0, bytes.length), undefined, Buffer.from(bytes).toString("latin1"));
			}
		}
	});
}

const CORPUS = "golden/detector/inputs/corpus.trapcap.gz";

test("200,000 made flows: only those made as Stratum are recognised, and only complete messages", {
	skip: needsShared(CORPUS),
}, async () => {
	const kinds = goldenLines("golden/detector/inputs/corpus.kinds.txt.gz");
	let at = 0;
	let recognised = 0;
	for await (const { length, payload, payloadReverse } of goldenSource(CORPUS)) {
		for (let i = 0; i < length; i++, at++) {
			for (const { values, offsets } of [payload, payloadReverse]) {
				const found = recogniseMining(values, offsets[i]!, offsets[i + 1]!);
				if (!found) continue;
				recognised++;
				assert.match(kinds[at]!, /^stratum/);
				assert.ok(mayBeMining(values, offsets[i]!, offsets[i + 1]!));
			}
		}
	}
	assert.equal(at, 200_000);
	assert.ok(recognised > 5000, `${recognised}`);
});

const REAL = "golden/end-to-end/flows.trapcap.gz";

test("17,751 real flows: only flows in captures of mining are recognised", {
	skip: needsShared(REAL),
}, async () => {
	const captures = goldenLines("golden/end-to-end/captures.txt.gz");
	let at = 0;
	let recognised = 0;
	for await (const { length, payload, payloadReverse } of goldenSource(REAL)) {
		for (let i = 0; i < length; i++, at++) {
			for (const { values, offsets } of [payload, payloadReverse]) {
				const found = recogniseMining(values, offsets[i]!, offsets[i + 1]!);
				if (found) recognised++;
				if (found) assert.match(captures[at]!, /^(cj-sniffer|zeek-cryptomining)\/|^peafowl\/ethereum/);
			}
		}
	}
	assert.ok(at === 17_751 && recognised > 2000, `${recognised} of ${at}`);
});
