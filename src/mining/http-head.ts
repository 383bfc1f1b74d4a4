import { skipBlank } from "./blank.ts";
import { recognisePath } from "./mining-paths.ts";
import type { Recognition } from "./recognition.ts";
import { mayNameSoftware, programOf } from "./software.ts";

/** The visible part of an HTTP/1 message. */
export interface HttpHead {
	/** The recognition that the head alone justifies: a path of a mining interface, or getwork's extensions. */
	readonly finding: Recognition | undefined;
	/**
	 * The recognition unless the body contradicts it: a mining program in a POST request, a path in `X-Long-Polling`.
	 */
	readonly weakFinding: Recognition | undefined;
	/** The mining program that `User-Agent` names. */
	readonly software: string | undefined;
	/** Index of the body; the end of the bytes if the body was not seen. */
	readonly body: number;
}

/** Words of the extensions that miners offer in `X-Mining-Extensions`. */
const EXTENSION = /\b(longpoll|midstate|rollntime|submitold|switchto|workid|noncerange|reject-reason|stratum)\b/;

/**
 * Header fields of getwork's extensions (Bitcoin wiki, "Getwork"): the sender, the form of the value, and whether the
 * field alone is sufficient. Names are compared in lower case.
 */
const TELLING_FIELDS: Readonly<
	Record<string, { readonly sender: "miner" | "pool"; readonly form: RegExp; readonly alone: boolean }>
> = {
	"x-mining-extensions": { sender: "miner", form: EXTENSION, alone: true },
	"x-mining-hashrate": { sender: "miner", form: /^\d+$/, alone: true },
	"x-mining-identifier": { sender: "miner", form: /./, alone: false },
	"x-long-polling": { sender: "pool", form: /^(\/|https?:\/\/)/, alone: false },
	"x-roll-ntime": { sender: "pool", form: /^(y|n|yes|no|expire=\d+)$/i, alone: true },
	"x-stratum": { sender: "pool", form: /^stratum\+[a-z]{3,6}:\/\//, alone: true },
};

/** Reads the head of a request or a reply; undefined if the bytes do not begin with one. */
export function readHttpHead(bytes: Uint8Array, begin: number, end: number): HttpHead | undefined {
	if (!beginsLikeHttp(bytes, begin, end)) return undefined;
	const sender = bytes[begin] === 0x48 ? "pool" : "miner";
	let line = lineFeedFrom(bytes, begin, end) + 1;
	let finding = sender === "miner" ? recognisePath(bytes, begin, line) : undefined;
	let weak: Recognition | undefined;
	let software: string | undefined;
	let body = end;
	while (line < end) {
		const next = lineFeedFrom(bytes, line, end);
		if (next === line || (next === line + 1 && bytes[line] === 0x0d)) {
			body = Math.min(next + 1, end);
			break;
		}
		const field = mayBeTellingField(bytes, line, next) ? readField(bytes, line, next, sender) : undefined;
		if (field !== undefined) {
			software ??= field.finding.software;
			// Two weak fields together are sufficient.
			if (field.alone || weak !== undefined) finding ??= field.finding;
			weak ??= field.finding;
		}
		line = next + 1;
	}
	// A program's name in GET is weak: update checks send it, and price tickers use the same names.
	const isAsking = sender === "pool" || (weak?.software !== undefined && bytes[begin] === 0x50);
	const weakFinding = isAsking ? weak : undefined;
	return { finding, weakFinding, software, body };
}

/** `GET /`, `POST /`, `HTTP/1.`: the beginnings that miners and their servers send. */
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

/** Quick check of a header line: whether it may be one of the relevant fields. It has no false negatives. */
export function mayBeTellingField(bytes: Uint8Array, line: number, end: number): boolean {
	const letter = bytes[line]! | 0x20;
	if (letter === 0x78) return mayBeExtension(bytes, line + 2, end);
	return letter === 0x75 && mayNameMiner(bytes, line, end);
}

/** After `X-`: mining, stratum, roll, long. */
function mayBeExtension(bytes: Uint8Array, at: number, end: number): boolean {
	if (at + 1 >= end) return false;
	const pair = ((bytes[at]! | 0x20) << 8) | (bytes[at + 1]! | 0x20);
	return pair === 0x6d69 || pair === 0x7374 || pair === 0x726f || pair === 0x6c6f;
}

/** `User-Agent: ` followed by the first letters of a mining program's name. */
function mayNameMiner(bytes: Uint8Array, at: number, end: number): boolean {
	const value = skipBlank(bytes, at + USER_AGENT_LENGTH, end);
	if (value >= end || bytes[at + 4] !== 0x2d || bytes[at + USER_AGENT_LENGTH - 1] !== 0x3a) return false;
	return mayNameSoftware(bytes, value, end);
}

const USER_AGENT_LENGTH = "user-agent:".length;

/**
 * Index of the first line feed from `begin` on, or `end`. It checks four bytes at a time because this is a hot path.
 */
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

interface Field {
	readonly finding: Recognition;
	readonly alone: boolean;
}

/** The evidence in a header line of a message from `sender`; undefined if the line is not relevant. */
function readField(bytes: Uint8Array, begin: number, end: number, sender: "miner" | "pool"): Field | undefined {
	const line = Buffer.from(bytes.buffer, bytes.byteOffset + begin, Math.min(end - begin, MAX_FIELD)).toString("latin1");
	const colon = line.indexOf(":");
	if (colon < 0) return undefined;
	const name = line.slice(0, colon).toLowerCase();
	const value = line.slice(colon + 1).trim();
	if (name === "user-agent" && sender === "miner") {
		const software = programOf(value);
		if (software === undefined) return undefined;
		return { finding: headFinding(sender, `User-Agent: ${software}`, software), alone: false };
	}
	const field = Object.hasOwn(TELLING_FIELDS, name) ? TELLING_FIELDS[name] : undefined;
	if (field?.sender !== sender || !field.form.test(value)) return undefined;
	return { finding: headFinding(sender, `${line.slice(0, colon)}: ${shownValue(value)}`), alone: field.alone };
}

function headFinding(sender: "miner" | "pool", excerpt: string, software?: string): Recognition {
	const message = sender === "miner" ? "HTTP request" : "HTTP reply";
	return { protocol: "getwork", message, sender, excerpt, ...(software !== undefined && { software }) };
}

const MAX_FIELD = 128;

/** Shows words of extensions and numbers; an address is cut before a possible user name. */
function shownValue(value: string): string {
	const words = /^[a-z0-9 =]{1,40}$/.exec(value)?.[0].split(" ");
	if (words?.every((word) => word.length <= 12)) return value;
	return /^stratum\+[a-z]{3,6}:\/\//.exec(value)?.[0].concat("…") ?? "…";
}
