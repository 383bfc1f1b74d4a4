/** One message of each kind that is recognised, as its program sends it, with what is to be said of it. Wallets are void. */
export interface Example {
	readonly bytes: Buffer;
	readonly protocol: string;
	readonly message: string;
	readonly sender: "miner" | "pool";
	readonly coin?: string;
	readonly software?: string;
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

/** A text as one WebSocket frame, masked where a key is given. */
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
		`HTTP/1.1 200 OK\r\n\r\n{"result":{"capabilities":["proposal"],"version":536870912,"previousblockhash":"${HASH}","transactions":[],"coinbaseaux":{"flags":""},"coinbasevalue":312500000}}`,
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
	{ bytes: setupConnection(), protocol: "stratum-v2", message: "SetupConnection", sender: "miner", software: "Bitaxe" },
];
