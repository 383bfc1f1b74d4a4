import { isDigit } from "./plain-json.ts";

/**
 * Application protocols that are recognised by unique first bytes of requests or replies: evidence that a flow is not
 * mining. HTTP, TLS and WebSocket may still carry mining.
 */
export type PlainProtocol =
	| "amqp"
	| "bittorrent"
	| "dns"
	| "ftp"
	| "http"
	| "imap"
	| "irc"
	| "ldap"
	| "mqtt"
	| "mysql"
	| "nats"
	| "pop3"
	| "postgresql"
	| "redis"
	| "rdp"
	| "rtsp"
	| "sip"
	| "smb"
	| "smtp"
	| "socks"
	| "ssh"
	| "stun"
	| "tls"
	| "xmpp";

interface Sign {
	readonly protocol: PlainProtocol;
	/** First characters that the pattern accepts. */
	readonly first: string;
	readonly pattern: RegExp;
}

/** Signs of text protocols, matched against the first bytes as Latin-1, at most {@link MOST_BYTES}. */
const SIGNS: readonly Sign[] = [
	{ protocol: "ssh", first: "S", pattern: /^SSH-(1\.\d+|2\.0)-/ },
	{
		protocol: "http",
		first: "GHPDO",
		pattern: /^(GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS) (\/|\*|https?:)[^\r\n]*( HTTP\/1\.[01]\r\n|$)/,
	},
	{ protocol: "http", first: "H", pattern: /^HTTP\/1\.[01] [1-5]\d\d / },
	{ protocol: "http", first: "P", pattern: /^PRI \* HTTP\/2\.0\r\n/ },
	{ protocol: "rtsp", first: "RODSP", pattern: /^(RTSP\/1\.0 \d{3} |(OPTIONS|DESCRIBE|SETUP|PLAY) rtsp:\/\/)/ },
	{
		protocol: "sip",
		first: "SIROANBCM",
		pattern: /^(SIP\/2\.0 \d{3} |(INVITE|REGISTER|OPTIONS|SUBSCRIBE|NOTIFY|ACK|BYE|CANCEL|MESSAGE) sips?:)/,
	},
	{
		protocol: "smtp",
		first: "2EH",
		pattern: /^(220[ -][^\r\n]{1,60}\b(ESMTP|SMTP)\b|EHLO [\w.:[\]-]+\r\n|HELO [\w.-]+\r\n)/,
	},
	{ protocol: "ftp", first: "2", pattern: /^220[ -][^\r\n]{0,60}\bFTP\b/i },
	{ protocol: "pop3", first: "+", pattern: /^\+OK [^\r\n]{0,60}\b(POP3?|ready|Dovecot)\b/i },
	{
		protocol: "imap",
		first: "*ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
		pattern: /^(\* OK [^\r\n]{0,60}\bIMAP|[A-Za-z]{0,4}\d{1,4} (CAPABILITY|LOGIN|STARTTLS)\b)/,
	},
	{
		protocol: "irc",
		first: "NC:",
		pattern: /^(NICK [^\s:]{1,30}\r?\n|CAP LS( 30\d)?\r?\n|:[^\s]{1,60} (NOTICE|001) )/,
	},
	{ protocol: "nats", first: "IC", pattern: /^(INFO \{"server_id"|CONNECT \{"(verbose|pedantic|lang|echo|headers)")/ },
	{ protocol: "redis", first: "*", pattern: /^\*[1-9]\d{0,2}\r\n\$[1-9]\d{0,3}\r\n[A-Za-z]{2,}/ },
	{ protocol: "xmpp", first: "<", pattern: /^(<\?xml [^>]{1,60}\?>\s*)?<stream:stream / },
];

/** Signs of binary protocols: bytes in hexadecimal, `..` for any byte, `$` for the end of the payload. */
const BINARY_SIGNS: readonly { readonly protocol: PlainProtocol; readonly beginnings: readonly string[] }[] = [
	{ protocol: "tls", beginnings: ["16 03 .. .. .. 01 00", "16 03 .. .. .. 02 00"] },
	{
		protocol: "mqtt",
		beginnings: ["10 .. 00 04 4d 51 54 54", "10 .. .. 00 04 4d 51 54 54", "10 .. 00 06 4d 51 49 73 64 70"],
	},
	{ protocol: "amqp", beginnings: ["41 4d 51 50 00", "41 4d 51 50 02 01", "41 4d 51 50 03 01"] },
	{ protocol: "bittorrent", beginnings: ["13 42 69 74 54 6f 72 72 65 6e 74 20"] },
	{ protocol: "postgresql", beginnings: ["00 00 00 08 04 d2 16 2f $", "00 00 .. .. 00 03 00 00 75 73 65 72 00"] },
	{ protocol: "smb", beginnings: ["00 .. .. .. ff 53 4d 42", "00 .. .. .. fe 53 4d 42"] },
	{ protocol: "rdp", beginnings: ["03 00 00 .. .. e0 00 00 .. .. 00"] },
	{
		protocol: "stun",
		beginnings: ["00 01 .. .. 21 12 a4 42", "01 01 .. .. 21 12 a4 42", "00 11 .. .. 21 12 a4 42"],
	},
	{ protocol: "socks", beginnings: ["05 01 00 $", "05 02 00 01 $", "05 02 00 02 $", "05 03 00 01 02 $"] },
	{ protocol: "ldap", beginnings: ["30 .. 02 01 .. 60 .. 02 01 03 04"] },
];

const ANY = -1;
const END = -2;

interface Beginning {
	readonly protocol: PlainProtocol;
	readonly bytes: Int16Array;
}

/** {@link BINARY_SIGNS} by their first byte, which is never {@link ANY}. */
const BEGINNINGS_BY_BYTE: readonly Beginning[][] = Array.from({ length: 256 }, () => []);
for (const { protocol, beginnings } of BINARY_SIGNS) {
	for (const text of beginnings) {
		const codes = text.split(" ").map((code) => (code === ".." ? ANY : code === "$" ? END : Number.parseInt(code, 16)));
		BEGINNINGS_BY_BYTE[codes[0]!]!.push({ protocol, bytes: Int16Array.from(codes) });
	}
}

const MOST_BYTES = 128;

/** Signs by their first byte, so that a payload is compared with few signs. */
const SIGNS_BY_BYTE: readonly (readonly Sign[])[] = Array.from({ length: 256 }, (_, byte) =>
	SIGNS.filter(({ first }) => first.includes(String.fromCharCode(byte))),
);

/** The protocol of the first payload bytes of one direction; undefined if it is unknown, which is the common case. */
export function plainProtocol(bytes: Uint8Array, begin: number, end: number): PlainProtocol | undefined {
	if (end - begin < LEAST_LENGTH) return undefined;
	for (const beginning of BEGINNINGS_BY_BYTE[bytes[begin]!]!)
		if (beginsWith(bytes, begin, end, beginning.bytes)) return beginning.protocol;
	const signs = SIGNS_BY_BYTE[bytes[begin]!]!;
	if (signs.length > 0) {
		const limit = Math.min(end, begin + MOST_BYTES);
		const text = Buffer.from(bytes.buffer, bytes.byteOffset + begin, limit - begin).toString("latin1");
		for (const { protocol, pattern } of signs) if (pattern.test(text)) return protocol;
	}
	if (isMysqlGreeting(bytes, begin, end)) return "mysql";
	return isDnsQuery(bytes, begin, end) ? "dns" : undefined;
}

const LEAST_LENGTH = 3;

function beginsWith(bytes: Uint8Array, begin: number, end: number, codes: Int16Array): boolean {
	for (let k = 0; k < codes.length; k++) {
		const code = codes[k]!;
		if (code === END) return begin + k === end;
		if (begin + k >= end || (code !== ANY && bytes[begin + k] !== code)) return false;
	}
	return true;
}

/** A packet of number 0 and protocol version 10, then the version of the server, such as `8.0.36`. */
function isMysqlGreeting(bytes: Uint8Array, begin: number, end: number): boolean {
	if (end - begin < 12 || bytes[begin + 2] !== 0 || bytes[begin + 3] !== 0 || bytes[begin + 4] !== 10) return false;
	const major = bytes[begin + 5]!;
	return isDigit(major) && (bytes[begin + 6] === POINT || (isDigit(bytes[begin + 6]!) && bytes[begin + 7] === POINT));
}

const POINT = 0x2e;

/** A standard query with one question and no answers (RFC 1035, section 4.1.1), and a first label of letters. */
function isDnsQuery(bytes: Uint8Array, begin: number, end: number): boolean {
	if (end - begin < 17 || bytes[begin + 4] !== 0 || bytes[begin + 5] !== 1) return false;
	if ((bytes[begin + 2]! & 0xfe) !== 0 || (bytes[begin + 3]! & 0x4f) !== 0) return false;
	for (let i = 6; i < 11; i++) if (bytes[begin + i] !== 0) return false;
	const label = bytes[begin + 12]!;
	if (bytes[begin + 11]! > 1 || label === 0 || label > 63 || begin + 13 + label >= end) return false;
	for (let i = begin + 13; i < begin + 13 + label; i++) if (!isLabelByte(bytes[i]!)) return false;
	return true;
}

function isLabelByte(byte: number): boolean {
	const letter = byte | 0x20;
	return isDigit(byte) || (letter >= 0x61 && letter <= 0x7a) || byte === 0x2d || byte === 0x5f;
}
