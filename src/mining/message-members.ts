import { ascii, isText } from "./plain-json.ts";

/** Relevant members as bits: those of a message, four of its parameters, one of its result. */
export const NOTHING = 0;
export const METHOD = 1;
export const PARAMS = 2;
export const MESSAGE_ID = 4;
export const JSONRPC = 8;
export const RESULT = 16;
export const ERROR = 32;
export const JOB_ID = 64;
export const ID = 128;
export const NONCE = 256;
export const BLOB = 512;
export const STATUS = 1024;
/** Any other member of the message or its result. */
export const OTHER = 2048;
/** `worker` and `type`: evidence only together with parameters. */
export const WITH_PARAMS = OTHER | 4096;
/** `identifier`, `new_job`, `miner_work`: sufficient alone. */
export const ALONE = OTHER | 8192;
/** `message` and `command`: evidence if the value is a word of a mining protocol. */
export const WITH_WORD = OTHER | 16_384;

/** Kinds of methods: Stratum (parameters usually a list), Ethereum (parameters a list), and three of Monero. */
export const NO_METHOD = 0;
export const STRATUM_CALL = 1;
export const ETHEREUM_CALL = 2;
export const SUBMIT = 3;
export const JOB = 4;
export const KEEPALIVED = 5;

export function memberOfMessage(bytes: Uint8Array, begin: number, end: number): number {
	// The switch on the first letter limits the comparisons to one or two names.
	switch (bytes[begin]) {
		case NAME_ID[0]:
			if (isText(bytes, begin, end, NAME_ID)) return MESSAGE_ID;
			return isText(bytes, begin, end, NAME_IDENTIFIER) ? ALONE : OTHER;
		case NAME_METHOD[0]:
			if (isText(bytes, begin, end, NAME_METHOD)) return METHOD;
			if (isText(bytes, begin, end, NAME_MESSAGE)) return WITH_WORD;
			return isText(bytes, begin, end, NAME_MINER_WORK) ? ALONE : OTHER;
		case NAME_COMMAND[0]:
			return isText(bytes, begin, end, NAME_COMMAND) ? WITH_WORD : OTHER;
		case NAME_NEW_JOB[0]:
			return isText(bytes, begin, end, NAME_NEW_JOB) ? ALONE : OTHER;
		case NAME_PARAMS[0]:
			return isText(bytes, begin, end, NAME_PARAMS) ? PARAMS : OTHER;
		case NAME_JSONRPC[0]:
			return isText(bytes, begin, end, NAME_JSONRPC) ? JSONRPC : OTHER;
		case NAME_RESULT[0]:
			return isText(bytes, begin, end, NAME_RESULT) ? RESULT : OTHER;
		case NAME_ERROR[0]:
			return isText(bytes, begin, end, NAME_ERROR) ? ERROR : OTHER;
		case NAME_TYPE[0]:
			return isText(bytes, begin, end, NAME_TYPE) ? WITH_PARAMS : OTHER;
		case NAME_WORKER[0]:
			return isText(bytes, begin, end, NAME_WORKER) ? WITH_PARAMS : OTHER;
		default:
			return OTHER;
	}
}

export function memberOfParams(bytes: Uint8Array, begin: number, end: number): number {
	switch (bytes[begin]) {
		case NAME_ID[0]:
			return isText(bytes, begin, end, NAME_ID) ? ID : NOTHING;
		case NAME_JOB_ID[0]:
			return isText(bytes, begin, end, NAME_JOB_ID) ? JOB_ID : NOTHING;
		case NAME_NONCE[0]:
			return isText(bytes, begin, end, NAME_NONCE) ? NONCE : NOTHING;
		case NAME_BLOB[0]:
			return isText(bytes, begin, end, NAME_BLOB) ? BLOB : NOTHING;
		default:
			return NOTHING;
	}
}

export function memberOfResult(bytes: Uint8Array, begin: number, end: number): number {
	if (isText(bytes, begin, end, NAME_STATUS)) return STATUS;
	return isText(bytes, begin, end, NAME_ID) ? NOTHING : OTHER;
}

export function methodOf(bytes: Uint8Array, begin: number, end: number): number {
	if (bytes[begin] === STRATUM_CALLS[0]![0])
		return isAmong(bytes, begin, end, STRATUM_CALLS) ? STRATUM_CALL : NO_METHOD;
	if (bytes[begin] === ETHEREUM_CALLS[0]![0])
		return isAmong(bytes, begin, end, ETHEREUM_CALLS) ? ETHEREUM_CALL : NO_METHOD;
	if (isText(bytes, begin, end, METHOD_SUBMIT)) return SUBMIT;
	if (isText(bytes, begin, end, METHOD_JOB)) return JOB;
	return isText(bytes, begin, end, METHOD_KEEPALIVED) ? KEEPALIVED : NO_METHOD;
}

/** Whether a text is a value of `message` or `command` that names a message of a mining protocol. */
export function isTellingWord(bytes: Uint8Array, begin: number, end: number): boolean {
	if (bytes[begin] === VERIBLOCK_PREFIX[0])
		return (
			end - begin > VERIBLOCK_PREFIX.length && isText(bytes, begin, begin + VERIBLOCK_PREFIX.length, VERIBLOCK_PREFIX)
		);
	return isAmong(bytes, begin, end, NIMIQ_WORDS);
}

const VERIBLOCK_PREFIX = ascii("MINING_");
const NIMIQ_WORDS = ["register", "settings", "share"].map(ascii);

function isAmong(bytes: Uint8Array, begin: number, end: number, names: readonly Uint8Array[]): boolean {
	for (let k = 0; k < names.length; k++) if (isText(bytes, begin, end, names[k]!)) return true;
	return false;
}

const NAME_METHOD = ascii("method");
const NAME_PARAMS = ascii("params");
const NAME_ID = ascii("id");
const NAME_JSONRPC = ascii("jsonrpc");
const NAME_RESULT = ascii("result");
const NAME_ERROR = ascii("error");
const NAME_TYPE = ascii("type");
const NAME_WORKER = ascii("worker");
const NAME_IDENTIFIER = ascii("identifier");
const NAME_MESSAGE = ascii("message");
const NAME_MINER_WORK = ascii("miner_work");
const NAME_COMMAND = ascii("command");
const NAME_NEW_JOB = ascii("new_job");
const NAME_STATUS = ascii("status");
const NAME_JOB_ID = ascii("job_id");
const NAME_NONCE = ascii("nonce");
const NAME_BLOB = ascii("blob");
const METHOD_SUBMIT = ascii("submit");
const METHOD_JOB = ascii("job");
const METHOD_KEEPALIVED = ascii("keepalived");
/** Frequent Stratum methods. */
const STRATUM_CALLS = [
	"mining.notify",
	"mining.submit",
	"mining.set_difficulty",
	"mining.subscribe",
	"mining.authorize",
	"mining.configure",
	"mining.extranonce.subscribe",
	"mining.set_extranonce",
	"mining.set_target",
	"mining.set_version_mask",
].map(ascii);
/** Ethereum methods that only miners call. */
const ETHEREUM_CALLS = ["eth_submitLogin", "eth_getWork", "eth_submitWork", "eth_submitHashrate"].map(ascii);
