import { CutArray, CutObject, CutText, type CutValue } from "./cut-json.ts";
import { softwareOf } from "./software.ts";
import { shortPrefix } from "./wallet-prefix.ts";

/**
 * A message in the form in which evidence may show it. The text is built from the parsed values. Only protocol words
 * are complete; every other string is cut to at most six characters and at most half its length. Thus the excerpt never
 * contains a complete wallet, worker name or password, wherever the message was cut.
 */
export function excerptOf(message: CutValue): string {
	const text = shown(message, undefined, 0);
	return text.length <= MAX_EXCERPT ? text : `${text.slice(0, MAX_EXCERPT - 1)}…`;
}

const MAX_EXCERPT = 200;
const MAX_SHOWN_DEPTH = 5;
const MAX_SHOWN_ITEMS = 8;

function shown(value: CutValue, name: string | undefined, depth: number): string {
	if (value instanceof CutText) return JSON.stringify(shownText(value, name));
	if (value instanceof CutArray) {
		if (depth === MAX_SHOWN_DEPTH) return "[…]";
		const all = value.items;
		const items = all.slice(0, MAX_SHOWN_ITEMS).map((item) => shown(item, undefined, depth + 1));
		if (!value.whole || all.length > items.length) items.push("…");
		return `[${items.join(",")}]`;
	}
	if (value instanceof CutObject) {
		if (depth === MAX_SHOWN_DEPTH) return "{…}";
		const all = [...value.members];
		const members = all.slice(0, MAX_SHOWN_ITEMS).map(([key, member]) => {
			const text = shown(member, key, depth + 1);
			return key === "" ? text : `${JSON.stringify(KNOWN_NAMES.has(key) ? key : prefix(key))}:${text}`;
		});
		if (!value.whole || all.length > members.length) members.push("…");
		return `{${members.join(",")}}`;
	}
	return String(value);
}

function shownText(value: CutText, name: string | undefined): string {
	const { text } = value;
	const software = text.includes("/") || name === "agent" ? softwareOf(text) : undefined;
	if (software !== undefined) return software;
	if (
		/^(mining|client)\.[a-z_.]{1,24}$|^(quai|ckb)_[a-zA-Z]{1,24}$|^(Aleo|Alephium)Stratum\/[\d.]{1,5}$/.test(text) ||
		/^EthereumStratum\/[\d.]{1,5}$/.test(text)
	)
		return text;
	return name !== undefined && WORDS_UNDER.has(name) && /^[\w./-]{1,20}$/.test(text) ? text : prefix(text);
}

function prefix(text: string): string {
	return `${shortPrefix(text)}…`;
}

/** Members whose string values are protocol words. */
const WORDS_UNDER: ReadonlySet<string> = new Set(["method", "type", "identifier", "jsonrpc", "status", "algo"]);

/** Member names of the protocols. Any other name may be a wallet and is cut. */
const KNOWN_NAMES: ReadonlySet<string> = new Set(
	(
		"id jsonrpc method params result error worker type identifier login pass password agent rigid algo job job_id blob " +
		"target height seed_hash next_seed_hash nonce status extensions hashes token site_key user goal pool userid version " +
		"data midstate hash1 capabilities rules maxversion previousblockhash coinbasevalue coinbaseaux transactions bits " +
		"curtime difficulty pre_pow edge_bits pow wallet_address reserve_size extra_nonce code message api_key input output " +
		"nonceprefix forkheight description pow_hash block part1 part3 payload_start target_pow timestamp body header " +
		"new_job miner_work topoheight command request_id mode address device_id"
	).split(" "),
);
