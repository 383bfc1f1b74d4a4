import { skipBlank } from "./blank.ts";
import { recognisePath } from "./mining-paths.ts";
import type { Recognition } from "./recognition.ts";
import { mayNameSoftware, programOf } from "./software.ts";

/** An HTTP/1 message as far as it was seen. */
export interface HttpHead {
	/** What the head alone says: a path of a mining interface, or getwork's extensions. */
	readonly finding: Recognition | undefined;
	/** What it says as long as no body says otherwise: a mining program's name in a POST request, a path in `X-Long-Polling`. */
	readonly weakFinding: Recognition | undefined;
	/** The mining program that `User-Agent` names. */
	readonly software: string | undefined;
	/** Where the body begins; the end of the bytes where it was not seen. */
	readonly body: number;
}

/** Words of the extensions that miners offer in `X-Mining-Extensions`. */
const EXTENSION = /\b(longpoll|midstate|rollntime|submitold|switchto|workid|noncerange|reject-reason|stratum)\b/;

/**
 * Header fields of getwork's extensions (Bitcoin wiki, "Getwork"): who sends them, the form of the value, and whether the
 * field tells alone. Names are compared in lower case.
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

/** Reads the head of a request or a reply; undefined where the bytes begin with none. */
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
			// Two fields that tell a little tell enough.
			if (field.alone || weak !== undefined) finding ??= field.finding;
			weak ??= field.finding;
		}
		line = next + 1;
	}
	// A program's name in GET is also that of its update check, or of a price ticker that took the name.
	const isAsking = sender === "pool" || (weak?.software !== undefined && bytes[begin] === 0x50);
	const weakFinding = isAsking ? weak : undefined;
	return { finding, weakFinding, software, body };
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

interface Field {
	readonly finding: Recognition;
	readonly alone: boolean;
}

/** What a header line says of a message that `sender` would send; undefined where it says nothing. */
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

/** Words of extensions and numbers are shown; of an address only what stands before a possible user name. */
function shownValue(value: string): string {
	const words = /^[a-z0-9 =]{1,40}$/.exec(value)?.[0].split(" ");
	if (words?.every((word) => word.length <= 12)) return value;
	return /^stratum\+[a-z]{3,6}:\/\//.exec(value)?.[0].concat("…") ?? "…";
}
