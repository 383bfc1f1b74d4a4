/**
 * One message of each kind that is recognised, as its program sends it, with the expected recognition. Wallets are
 * invalid on purpose.
 */
export interface Example {
	readonly bytes: Buffer;
	readonly protocol: string;
	readonly message: string;
	readonly sender: "miner" | "pool";
	readonly coin?: string;
	readonly software?: string;
	readonly walletPrefix?: string;
	readonly outcome?: string;
}

export const XMR_WALLET = `48${"Void".repeat(23)}a`;
export const ETH_WALLET = `0x${"00decafbad".repeat(4)}`;
export const BTC_WALLET = "bc1qv0qdv0qdv0qdv0qdv0qdv0qdv0qdv0qdv0qdv0q";
const HASH = "000000000000000000028c1b5c6f2e8d9a3b4c5d6e7f8091a2b3c4d5e6f70819";
const BLOB = `1010${"a5".repeat(72)}`;

function example(
	text: string,
	protocol: string,
	message: string,
	sender: "miner" | "pool",
	more: Partial<Example> = {},
): Example {
	return { bytes: Buffer.from(text, "latin1"), protocol, message, sender, ...more };
}

/** A text as one WebSocket frame, masked if a key is passed. */
export function webSocketFrame(text: string, key?: readonly number[]): Buffer {
	const payload = Buffer.from(text, "latin1");
	const mask = key ? 0x80 : 0;
	const header =
		payload.length < 126
			? [0x81, mask | payload.length]
			: [0x81, mask | 126, payload.length >> 8, payload.length & 0xff];
	const body = key ? payload.map((byte, i) => byte ^ key[i & 3]!) : payload;
	return Buffer.concat([Buffer.from([...header, ...(key ?? [])]), body]);
}

function setupConnection(): Buffer {
	const string = (text: string) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
	const payload = Buffer.concat([
		Buffer.from([0, 2, 0, 2, 0, 1, 0, 0, 0]),
		string("pool.example.org"),
		Buffer.from([0x8e, 0x88]),
		...["Bitaxe", "BM1366", "2.4.1", "bench"].map(string),
	]);
	return Buffer.concat([Buffer.from([0, 0, 0, payload.length, 0, 0]), payload]);
}

const LOGIN = `{"id":1,"jsonrpc":"2.0","method":"login","params":{"login":"${XMR_WALLET}","pass":"x","agent":"XMRig/6.21.0"}}\n`;
const HELLO = '{"type":"authed","params":{"token":"","hashes":0}}';

/** A body in chunks of `size` bytes (RFC 9112, section 7.1). */
export function chunked(body: string, size: number): string {
	let chunks = "";
	for (let at = 0; at < body.length; at += size) {
		const chunk = body.slice(at, at + size);
		chunks += `${chunk.length.toString(16)}\r\n${chunk}\r\n`;
	}
	return `${chunks}0\r\n\r\n`;
}

/** Preambles of a stream's first message, by name. */
export const PREAMBLES: Readonly<Record<string, Buffer>> = {
	"SOCKS5 by address": Buffer.from("050100050100" + "01c0000201" + "0d05", "hex"),
	"SOCKS5 by name with a password": Buffer.concat([
		Buffer.from("0502000201017501700501000310", "hex"),
		Buffer.from("pool.example.org"),
		Buffer.from("0d05", "hex"),
	]),
	"a SOCKS5 server's answers": Buffer.from("05020100" + "050000" + "01000000000000", "hex"),
	SOCKS4: Buffer.from("04010d05c0000201" + "7500", "hex"),
	SOCKS4a: Buffer.concat([Buffer.from("04010d050000000100", "hex"), Buffer.from("pool.example.org\0")]),
	"a SOCKS4 server's answer": Buffer.from("005a000000000000", "hex"),
	"PROXY 1": Buffer.from("PROXY TCP4 192.0.2.1 198.51.100.2 40000 3333\r\n"),
	"PROXY 2": Buffer.concat([
		Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1"),
		Buffer.from("2111000cc0000201c63364029c400d05", "hex"),
	]),
	CONNECT: Buffer.from("CONNECT pool.example.org:3333 HTTP/1.1\r\nHost: pool.example.org:3333\r\n\r\n"),
	"a TLS-like record": Buffer.concat([Buffer.from("1603010010", "hex"), Buffer.alloc(16, 7)]),
	"two preambles": Buffer.concat([
		Buffer.from("PROXY UNKNOWN\r\n"),
		Buffer.from("050100050100" + "01c0000201" + "0d05", "hex"),
	]),
};

const CARRIED_EXAMPLES: readonly Example[] = [
	{
		...example(
			`POST /api HTTP/1.1\r\nHost: cdn.example.org\r\nTransfer-Encoding: chunked\r\n\r\n${chunked(LOGIN, 5)}`,
			"monero-stratum",
			"login",
			"miner",
			{ coin: "Monero", software: "XMRig 6.21.0", walletPrefix: "48Void" },
		),
	},
	{
		bytes: Buffer.concat([
			Buffer.from("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
			webSocketFrame(HELLO),
		]),
		protocol: "web-miner",
		message: "authed",
		sender: "pool",
	},
	{
		bytes: Buffer.concat([Buffer.from("1703030080", "hex"), Buffer.from(LOGIN)]),
		protocol: "monero-stratum",
		message: "login",
		sender: "miner",
		coin: "Monero",
		software: "XMRig 6.21.0",
	},
	...Object.values(PREAMBLES).map((preamble) => ({
		bytes: Buffer.concat([preamble, Buffer.from(LOGIN)]),
		protocol: "monero-stratum",
		message: "login",
		sender: "miner" as const,
		coin: "Monero",
		software: "XMRig 6.21.0",
	})),
];

const stratum = (text: string, message: string, sender: "miner" | "pool", more: Partial<Example> = {}) =>
	example(`${text}\n`, "stratum", message, sender, more);
const ethereum = (text: string, message: string, sender: "miner" | "pool", more: Partial<Example> = {}) =>
	example(`${text}\n`, "ethereum-stratum", message, sender, more);

const COIN_EXAMPLES: readonly Example[] = [
	stratum('{"id":null,"method":"mining.print","params":[0,"no such wallet"]}', "mining.print", "pool"),
	stratum('{"id":3,"method":"mining.auth","params":["w","x"]}', "mining.auth", "miner"),
	stratum('{"id":3,"method":"mining.passthrough","params":[]}', "mining.passthrough", "miner"),
	stratum('{"id":3,"method":"mining.get_txnhashes","params":["7"]}', "mining.get_txnhashes", "miner"),
	stratum('{"id":null,"method":"mining.some_day","params":["7"]}', "mining.some_day", "pool"),
	stratum('{"id":9,"method":"mining.some_day","params":["7"]}', "mining.some_day", "miner"),
	stratum('{"id":null,"method":"client.show_message","params":["at noon"]}', "client.show_message", "pool"),
	stratum('{"id":null,"method":"client.set_extranonce","params":["a1b2",4]}', "client.set_extranonce", "pool"),
	stratum(
		'{"id":1,"error":null,"result":{"version-rolling":true,"version-rolling.mask":"18000000"}}',
		"reply to mining.configure",
		"pool",
	),
	stratum('{"id":1,"result":{"subscribe-extranonce":false},"error":null}', "reply to mining.configure", "pool"),
	ethereum('{"id":1,"method":"mining.subscribe","params":"s-1"}', "mining.subscribe", "miner"),
	ethereum('{"method":"mining.set_target","params":"00000fff"}', "mining.set_target", "pool"),
	ethereum('{"method":"mining.set_cleanjobs","params":true}', "mining.set_cleanjobs", "pool"),
	ethereum(
		'{"method":"mining.reconnect","params":{"host":"b.example.org","port":"d80","resume":"1"}}',
		"mining.reconnect",
		"pool",
	),
	ethereum(
		'{"id":0,"result":{"proto":"EthereumStratum/2.0.0","encoding":"plain","resume":"1","timeout":"b4","maxerrors":"5","node":"n/1"}}',
		"reply to mining.hello",
		"pool",
	),
	ethereum('{"id":0,"method":"mining.hello","params":["m/1","AlephiumStratum/1.0.0"]}', "mining.hello", "miner", {
		coin: "Alephium",
	}),
	example(
		'{"id":0,"method":"mining.subscribe","body":{"version":2,"publicAddress":"void","name":"rig2"}}\n',
		"ironfish-stratum",
		"mining.subscribe",
		"miner",
	),
	example(
		`{"id":null,"method":"miner-notify","params":[{"block":7,"version":5,"part1":"${"AB".repeat(40)}","payload_start":"4142","part3":"00","target":1}]}\n`,
		"pascal-stratum",
		"miner-notify",
		"pool",
		{ coin: "PascalCoin", outcome: "working" },
	),
	example(
		'{"id":7,"method":"miner-submit","params":[{"payload":"4142","timestamp":1700000000,"nonce":77}]}\n',
		"pascal-stratum",
		"miner-submit",
		"miner",
		{ coin: "PascalCoin" },
	),
	example(
		`{"id":1,"jsonrpc":"2.0","method":"quai_submitWork","params":["0x1","0x${HASH}"]}\n`,
		"quai-stratum",
		"quai_submitWork",
		"miner",
		{ coin: "Quai" },
	),
	example(
		`{"id":1,"jsonrpc":"2.0","method":"eth_subscribe","params":["newWork","u","x","m/1"]}\n`,
		"eth-proxy",
		"eth_subscribe",
		"miner",
	),
	example(
		`{"id":1,"method":"ckb_submitLogin","params":{"login":"ckb1qv0qdv0qdv0qd","agent":"NBMiner/42.3","worker":"rig7"}}\n`,
		"ckb-stratum",
		"ckb_submitLogin",
		"miner",
		{ coin: "Nervos", software: "NBMiner 42.3", walletPrefix: "ckb1qv" },
	),
	example(
		`{"id":2,"result":{"pow_hash":"0x${HASH}","target":"0x${HASH}"}}\n`,
		"ckb-stratum",
		"reply to ckb_getWork",
		"pool",
		{ coin: "Nervos", outcome: "working" },
	),
	example('{"method":"login","api_key":"void.rig7","id":"login","jsonrpc":"2.0"}\n', "beam-stratum", "login", "miner", {
		coin: "Beam",
	}),
	example(
		`{"difficulty":67108864,"height":7,"id":"1","input":"${HASH}","jsonrpc":"2.0","method":"job"}\n`,
		"beam-stratum",
		"job",
		"pool",
		{ coin: "Beam", outcome: "working" },
	),
	example(
		`{"id":"1","jsonrpc":"2.0","method":"solution","nonce":"0123456789abcdef","output":"${BLOB}"}\n`,
		"beam-stratum",
		"solution",
		"miner",
		{ coin: "Beam" },
	),
	example(
		'{"code":1,"description":"accepted","id":"1","jsonrpc":"2.0","method":"result"}\n',
		"beam-stratum",
		"result",
		"pool",
		{ coin: "Beam", outcome: "working" },
	),
	example(
		"GET /chainweb/0.0/mainnet01/mining/updates HTTP/1.1\r\nHost: n.example\r\n\r\n",
		"kadena-mining",
		"updates",
		"miner",
		{ coin: "Kadena" },
	),
	example(
		"POST /burst?requestType=submitNonce&accountId=1&nonce=7&blockheight=9 HTTP/1.1\r\nHost: n.example\r\n\r\n",
		"signum-mining",
		"submitNonce",
		"miner",
		{ coin: "Signum" },
	),
	{
		bytes: webSocketFrame(
			`{"new_job":{"algorithm":"xel/v2","difficulty":"15000","height":1,"topoheight":1,"miner_work":"${"ab".repeat(112)}"}}`,
		),
		protocol: "xelis-getwork",
		message: "new_job",
		sender: "pool",
		coin: "Xelis",
		outcome: "working",
	},
	{
		bytes: webSocketFrame(`{"miner_work":"${"ab".repeat(112)}"}`, [5, 6, 7, 8]),
		protocol: "xelis-getwork",
		message: "miner_work",
		sender: "miner",
		coin: "Xelis",
	},
	example('shake~{"addr":"xel:void","work":"x","agent":"m/1","algos":["xel/0"]}\n', "xatum", "shake", "miner"),
	example('job~{"algo":"xel/0","diff":15021,"blob":"AAAAAAAAAAAA"}\n', "xatum", "job", "pool", { outcome: "working" }),
	example(
		`{"id":1,"jsonrpc":"2.0","method":"block_template","params":{"id":"1","job_id":"2","blob":"${BLOB}"}}\n`,
		"monero-stratum",
		"block_template",
		"miner",
	),
	example("JOB,somebody,MEDIUM,none\n", "duino-coin", "JOB", "miner", { coin: "Duino-Coin" }),
	example(`${"0a".repeat(20)},${"1b".repeat(20)},5000\n`, "duino-coin", "job", "pool", { coin: "Duino-Coin" }),
	example(
		'{"command":"MINING_AUTH","request_id":{"type":"REQUEST_ID","data":1},"username":{"type":"USERNAME","data":"void"}}\n',
		"veriblock-ucp",
		"MINING_AUTH",
		"miner",
		{ coin: "VeriBlock" },
	),
	{
		bytes: webSocketFrame(
			'{"message":"register","mode":"nano","address":"NQ07 0000 0000 0000","deviceId":7,"genesisHash":"AA"}',
			[3, 4, 5, 6],
		),
		protocol: "nimiq-pool",
		message: "register",
		sender: "miner",
		coin: "Nimiq",
	},
	example(
		`{"id":"0","jsonrpc":"2.0","result":{"difficulty":1,"height":7,"job_id":0,"pre_pow":"${BLOB}"},"error":null,"method":"getjobtemplate"}\n`,
		"grin-stratum",
		"reply to getjobtemplate",
		"pool",
		{ coin: "Grin" },
	),
	example(
		`{"id":"0","jsonrpc":"2.0","method":"job","params":{"difficulty":1,"job_id":0,"pre_pow":"${BLOB}","height":7,"algorithm":"cuckoo"}}\n`,
		"grin-stratum",
		"job",
		"pool",
		{ coin: "Epic Cash" },
	),
];

export const EXAMPLES: readonly Example[] = [
	example(
		'{"id": 1, "method": "mining.subscribe", "params": ["bfgminer/5.2.0", "1"]}\n',
		"stratum",
		"mining.subscribe",
		"miner",
		{ software: "BFGMiner 5.2.0" },
	),
	example(
		'{"params": ["cgminer/4.10.0"], "id": 1, "method": "mining.subscribe"}\n',
		"stratum",
		"mining.subscribe",
		"miner",
		{ software: "cgminer 4.10.0" },
	),
	example(
		`{"id":2,"method":"mining.authorize","params":["${BTC_WALLET}.rig7","x"]}\n`,
		"stratum",
		"mining.authorize",
		"miner",
		{ coin: "Bitcoin" },
	),
	example(
		'{"params": ["worker1", "bf", "00000001", "504e86ed", "b2957c02"], "id": 4, "method": "mining.submit"}\n',
		"stratum",
		"mining.submit",
		"miner",
	),
	example(
		'{"id":null,"method":"mining.set_difficulty","params":[65536]}\n',
		"stratum",
		"mining.set_difficulty",
		"pool",
	),
	example(
		`{"id":null,"method":"mining.notify","params":["bf","${HASH}","01000000010000","072f736c757368","","00000002","1c2ac4af","504e86b9",false]}\n`,
		"stratum",
		"mining.notify",
		"pool",
	),
	example(
		'{"id":1,"result":[[["mining.set_difficulty","b4"],["mining.notify","ae"]],"08000002",4],"error":null}\n',
		"stratum",
		"reply to mining.subscribe",
		"pool",
	),
	example('{"id":1,"result":[[],"a1b2c3d4",4],"error":null}\n', "stratum", "reply to mining.subscribe", "pool"),
	example('{"id":4,"result":null,"error":[23,"Low difficulty share",null]}\n', "stratum", "error reply", "pool"),
	example(
		'{"id":5,"method":"mining.configure","params":[["version-rolling"],{"version-rolling.mask":"1fffe000"}]}\n',
		"stratum",
		"mining.configure",
		"miner",
	),
	example(
		'{"id":1,"result":[true,"EthereumStratum/1.0.0"],"error":null}\n',
		"ethereum-stratum",
		"reply to mining.subscribe",
		"pool",
	),
	example(
		'{"id":12,"jsonrpc":"2.0","error":{"code":-1,"message":"Block expired"}}\n',
		"monero-stratum",
		"error reply",
		"pool",
	),
	example(
		'{"id":null,"method":"client.reconnect","params":["eu.example.org",3333,0]}\n',
		"stratum",
		"client.reconnect",
		"pool",
	),
	example(
		'{"id":1,"method":"mining.subscribe","params":["NiceHash/1.0.0","EthereumStratum/1.0.0"]}\n',
		"ethereum-stratum",
		"mining.subscribe",
		"miner",
		{ software: "NiceHash 1.0.0" },
	),
	example(
		'{"id":1,"error":null,"result":[["mining.notify","ae6812eb4cd7735a302a8a9dd95cf71f","EthereumStratum/1.0.0"],"080c"]}\n',
		"ethereum-stratum",
		"reply to mining.subscribe",
		"pool",
	),
	example(
		`{"id":null,"method":"mining.notify","params":["bf0488aa","${HASH}","${HASH}",false]}\n`,
		"ethereum-stratum",
		"mining.notify",
		"pool",
	),
	example(
		'{"id":1,"method":"mining.subscribe","params":["lolMiner 1.88",null,"zec.example.org","3357"]}\n',
		"zcash-stratum",
		"mining.subscribe",
		"miner",
		{ software: "lolMiner 1.88" },
	),
	example(
		`{"id":null,"method":"mining.notify","params":["1","04000000","${HASH}","${HASH}","${HASH}","5a8b1c2d","1d00ffff",true]}\n`,
		"zcash-stratum",
		"mining.notify",
		"pool",
	),
	example(
		`{"id":1,"jsonrpc":"2.0","method":"login","params":{"login":"${XMR_WALLET}","pass":"x","agent":"XMRig/6.21.0 (Linux x86_64) libuv/1.44.2 gcc/11","algo":["rx/0","cn/r"]}}\n`,
		"monero-stratum",
		"login",
		"miner",
		{ coin: "Monero", software: "XMRig 6.21.0" },
	),
	example(
		'{"method":"login","params":{"login":"somebody","pass":"x","rigid":"","agent":"xmr-stak/2.10.8/b5e7"},"id":1}\n',
		"monero-stratum",
		"login",
		"miner",
		{ software: "xmr-stak 2.10.8" },
	),
	example(
		`{"id":1,"jsonrpc":"2.0","error":null,"result":{"id":"5b1c","job":{"blob":"${BLOB}","job_id":"q7","target":"b88d0600","algo":"rx/0","height":3000000,"seed_hash":"${HASH}"},"extensions":["algo"],"status":"OK"}}\n`,
		"monero-stratum",
		"reply to login",
		"pool",
		{ coin: "Monero" },
	),
	example(
		`{"jsonrpc":"2.0","method":"job","params":{"blob":"${BLOB}","job_id":"q8","target":"b88d0600","algo":"rx/0","seed_hash":"${HASH}"}}\n`,
		"monero-stratum",
		"job",
		"pool",
		{ coin: "Monero" },
	),
	example(
		`{"id":2,"jsonrpc":"2.0","method":"submit","params":{"id":"5b1c","job_id":"q8","nonce":"a0000000","result":"${HASH}"}}\n`,
		"monero-stratum",
		"submit",
		"miner",
	),
	example(
		'{"id":9,"jsonrpc":"2.0","method":"keepalived","params":{"id":"5b1c"}}\n',
		"monero-stratum",
		"keepalived",
		"miner",
	),
	example(
		'{"id":9,"jsonrpc":"2.0","error":null,"result":{"status":"KEEPALIVED"}}\n',
		"monero-stratum",
		"reply to keepalived",
		"pool",
	),
	example(
		'{"id":21,"jsonrpc":"2.0","result":{"status":"OK"},"error":null}\n',
		"monero-stratum",
		"reply to submit",
		"pool",
	),
	example(
		'{"id":"0","jsonrpc":"2.0","method":"login","params":{"login":"somebody","pass":"x","agent":"grin-miner"}}\n',
		"grin-stratum",
		"login",
		"miner",
		{ software: "grin-miner" },
	),
	example(
		'{"id":"2","jsonrpc":"2.0","method":"submit","params":{"edge_bits":29,"height":16419,"job_id":0,"nonce":8895699060858340,"pow":[4210040,10141596]}}\n',
		"grin-stratum",
		"submit",
		"miner",
		{ coin: "Grin" },
	),
	example(
		`{"id":"Stratum","jsonrpc":"2.0","method":"job","params":{"difficulty":1,"height":16375,"job_id":5,"pre_pow":"${BLOB}"}}\n`,
		"grin-stratum",
		"job",
		"pool",
		{ coin: "Grin" },
	),
	example(
		`{"id":1,"jsonrpc":"2.0","method":"eth_submitLogin","worker":"eth1.0","params":["${ETH_WALLET}.rig2","x"]}\n`,
		"eth-proxy",
		"eth_submitLogin",
		"miner",
	),
	example(
		'{"worker": "", "jsonrpc": "2.0", "params": [], "id": 3, "method": "eth_getWork"}\n',
		"eth-proxy",
		"eth_getWork",
		"miner",
	),
	example(
		`{"id":4,"method":"eth_submitWork","params":["0x93dc6cdc00d0d468","0x${HASH}","0x${HASH}"]}\n`,
		"eth-proxy",
		"eth_submitWork",
		"miner",
	),
	example(
		`{"id":6,"jsonrpc":"2.0","method":"eth_submitHashrate","params":["0x375198a","0x${HASH}"]}\n`,
		"eth-proxy",
		"eth_submitHashrate",
		"miner",
	),
	example(
		`{"id":0,"jsonrpc":"2.0","result":["0x${HASH}","0x${HASH}","0x0112e0be826d694b2e62d01511f12a6061fbaec8bc02357593e70e52ba","0x49260a"]}\n`,
		"eth-proxy",
		"reply to eth_getWork",
		"pool",
	),
	example('{"method": "getwork", "params": [], "id":0}\n', "getwork", "getwork", "miner"),
	example(
		`POST / HTTP/1.1\r\nHost: pool.example.org:8332\r\nAuthorization: Basic dm9pZDp4\r\nContent-Type: application/json\r\nX-Mining-Extensions: longpoll midstate rollntime submitold\r\nContent-Length: 44\r\nUser-Agent: bfgminer/5.2.0\r\n\r\n{"method": "getwork", "params": [], "id":0}\n`,
		"getwork",
		"getwork",
		"miner",
		{ software: "BFGMiner 5.2.0" },
	),
	example(
		"POST / HTTP/1.1\r\nUser-Agent: cpuminer/2.5.1\r\nHost: pool.example.org\r\n\r\n",
		"getwork",
		"HTTP request",
		"miner",
		{ software: "cpuminer 2.5.1" },
	),
	example(
		"HTTP/1.1 200 OK\r\nX-Roll-NTime: expire=120\r\nX-Stratum: stratum+tcp://pool.example.org:3333\r\n\r\n",
		"getwork",
		"HTTP reply",
		"pool",
	),
	example(
		`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"error":null,"id":0,"result":{"data":"${BLOB}","hash1":"${HASH}","midstate":"${HASH}","target":"${HASH}"}}`,
		"getwork",
		"reply to getwork",
		"pool",
	),
	example(
		'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n{"id": 0, "method": "getblocktemplate", "params": [{"capabilities": ["coinbasetxn", "workid"], "maxversion": 4}]}',
		"getblocktemplate",
		"getblocktemplate",
		"miner",
	),
	example(
		`POST /json_rpc HTTP/1.1\r\nHost: 127.0.0.1:18081\r\nContent-Type: application/json\r\n\r\n{"id":1,"jsonrpc":"2.0","method":"getblocktemplate","params":{"wallet_address":"${XMR_WALLET}","extra_nonce":"00"}}`,
		"getblocktemplate",
		"getblocktemplate",
		"miner",
		{ coin: "Monero" },
	),
	example(
		`HTTP/1.1 200 OK\r\n\r\n{"result":{"capabilities":["proposal"],"version":536870912,"previousblockhash":"${HASH}","transactions":[],"coinbasetxn":{"data":"01"},"coinbasevalue":312500000}}`,
		"getblocktemplate",
		"reply to getblocktemplate",
		"pool",
	),
	{
		bytes: webSocketFrame(
			'{"type":"auth","params":{"site_key":"voidvoidvoidvoidvoidvoidvoidvoid","type":"anonymous","user":null,"goal":0}}',
			[0x37, 0xfa, 0x21, 0x3d],
		),
		protocol: "web-miner",
		message: "auth",
		sender: "miner",
	},
	{
		bytes: webSocketFrame('{"type":"authed","params":{"token":"","hashes":0}}'),
		protocol: "web-miner",
		message: "authed",
		sender: "pool",
	},
	{
		bytes: webSocketFrame(`{"type":"job","params":{"job_id":"164698158344253","blob":"${BLOB}","target":"ffffff00"}}`),
		protocol: "web-miner",
		message: "job",
		sender: "pool",
	},
	{
		bytes: webSocketFrame(
			`{"type":"submit","params":{"job_id":"164698158344253","nonce":"9f2a3b1c","result":"${HASH}"}}`,
			[1, 2, 3, 4],
		),
		protocol: "web-miner",
		message: "submit",
		sender: "miner",
	},
	{
		bytes: webSocketFrame(
			'{"identifier":"handshake","pool":"example.org","rightalgo":"cn-lite","login":"void","password":"","userid":"","version":7}',
			[9, 8, 7, 6],
		),
		protocol: "web-miner",
		message: "handshake",
		sender: "miner",
	},
	...CARRIED_EXAMPLES,
	...COIN_EXAMPLES,
	{ bytes: setupConnection(), protocol: "stratum-v2", message: "SetupConnection", sender: "miner", software: "Bitaxe" },
];
