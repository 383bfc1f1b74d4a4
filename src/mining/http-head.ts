import { skipBlank } from "./blank.ts";
import type { Recognition } from "./recognition.ts";
import { mayNameSoftware, softwareOf } from "./software.ts";

/** An HTTP/1 message as far as it was seen. */
export interface HttpHead {
	/** What the header lines alone say: getwork's extensions, and miners' names. */
	readonly finding: Recognition | undefined;
	/** The mining program that `User-Agent` names. */
	readonly software: string | undefined;
	/** Where the body begins; the end of the bytes where it was not seen. */
	readonly body: number;
}

/** Header fields of getwork's extensions (Bitcoin wiki, "Getwork"), by who sends them. Names are compared in lower case. */
const TELLING_FIELDS: Readonly<Record<string, "miner" | "pool">> = {
	"x-mining-extensions": "miner",
	"x-mining-hashrate": "miner",
	"x-mining-identifier": "miner",
	"x-long-polling": "pool",
	"x-roll-ntime": "pool",
	"x-stratum": "pool",
};

/** Reads the head of a request or a reply; undefined where the bytes begin with none. */
export function readHttpHead(bytes: Uint8Array, begin: number, end: number): HttpHead | undefined {
	if (!beginsLikeHttp(bytes, begin, end)) return undefined;
	let finding: Recognition | undefined;
	let software: string | undefined;
	let line = lineFeedFrom(bytes, begin, end) + 1;
	while (line < end) {
		const next = lineFeedFrom(bytes, line, end);
		if (next === line || (next === line + 1 && bytes[line] === 0x0d))
			return { finding, software, body: Math.min(next + 1, end) };
		if (mayBeTellingField(bytes, line, next)) {
			const field = fieldFinding(bytes, line, next);
			software ??= field?.software;
			finding ??= field;
		}
		line = next + 1;
	}
	return { finding, software, body: end };
}

/** `GET /`, `POST /`, `HTTP/1.`: what miners and their servers send. */
export function beginsLikeHttp(bytes: Uint8Array, begin: number, end: number): boolean {
	if (end - begin < 8) return false;
	const b = bytes;
	if (b[begin] === 0x47) return b[begin + 1] === 0x45 && b[begin + 2] === 0x54 && b[begin + 3] === 0x20;
	if (b[begin] === 0x50)
		return b[begin + 1] === 0x4f && b[begin + 2] === 0x53 && b[begin + 3] === 0x54 && b[begin + 4] === 0x20;
	return (
		b[begin] === 0x48 &&
		b[begin + 1] === 0x54 &&
		b[begin + 2] === 0x54 &&
		b[begin + 3] === 0x50 &&
		b[begin + 4] === 0x2f
	);
}

/** The quick look at a header line: whether it begins like one of the fields that tell. Never no where it is one. */
export function mayBeTellingField(bytes: Uint8Array, line: number, end: number): boolean {
	const letter = bytes[line]! | 0x20;
	if (letter === 0x78) return mayBeExtension(bytes, line + 2, end);
	return letter === 0x75 && mayNameMiner(bytes, line, end);
}

/** Behind `X-`: mining, stratum, roll, long. */
function mayBeExtension(bytes: Uint8Array, at: number, end: number): boolean {
	if (at + 1 >= end) return false;
	const pair = ((bytes[at]! | 0x20) << 8) | (bytes[at + 1]! | 0x20);
	return pair === 0x6d69 || pair === 0x7374 || pair === 0x726f || pair === 0x6c6f;
}

/** `User-Agent: ` and letters that a mining program's name begins with. */
function mayNameMiner(bytes: Uint8Array, at: number, end: number): boolean {
	const value = skipBlank(bytes, at + USER_AGENT_LENGTH, end);
	if (value >= end || bytes[at + 4] !== 0x2d || bytes[at + USER_AGENT_LENGTH - 1] !== 0x3a) return false;
	return mayNameSoftware(bytes, value, end);
}

const USER_AGENT_LENGTH = "user-agent:".length;

/** Index of the first line feed from `begin` on, `end` where there is none. Four at a time: headers are long, and looked at often. */
export function lineFeedFrom(bytes: Uint8Array, begin: number, end: number): number {
	let i = begin;
	for (; i < end - 3; i += 4) {
		if (bytes[i] === 0x0a) return i;
		if (bytes[i + 1] === 0x0a) return i + 1;
		if (bytes[i + 2] === 0x0a) return i + 2;
		if (bytes[i + 3] === 0x0a) return i + 3;
	}
	while (i < end && bytes[i] !== 0x0a) i++;
	return i;
}

function fieldFinding(bytes: Uint8Array, begin: number, end: number): Recognition | undefined {
	const line = Buffer.from(bytes.buffer, bytes.byteOffset + begin, Math.min(end - begin, MAX_FIELD)).toString("latin1");
	const colon = line.indexOf(":");
	if (colon < 0) return undefined;
	const name = line.slice(0, colon).toLowerCase();
	const value = line.slice(colon + 1).trim();
	if (name === "user-agent") {
		const software = softwareOf(value);
		if (software === undefined) return undefined;
		return {
			protocol: "getwork",
			message: "HTTP request",
			sender: "miner",
			software,
			excerpt: `User-Agent: ${software}`,
		};
	}
	if (!Object.hasOwn(TELLING_FIELDS, name)) return undefined;
	const sender = TELLING_FIELDS[name]!;
	return {
		protocol: "getwork",
		message: sender === "miner" ? "HTTP request" : "HTTP reply",
		sender,
		excerpt: `${line.slice(0, colon)}: ${shownValue(value)}`,
	};
}

const MAX_FIELD = 128;

/** Words of extensions and numbers are shown; of an address only what stands before a possible user name. */
function shownValue(value: string): string {
	const words = /^[a-z0-9 =]{1,40}$/.exec(value)?.[0].split(" ");
	if (words?.every((word) => word.length <= 12)) return value;
	return /^stratum\+[a-z]{3,6}:\/\//.exec(value)?.[0].concat("…") ?? "…";
}
