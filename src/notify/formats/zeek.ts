import { epochSeconds } from "../event-time.ts";
import { isAllowed, mainPool, sentence } from "../facts.ts";
import type { Notification } from "../notification.ts";
import type { NotificationFormat, Sender } from "../notification-format.ts";
import { jsonLine } from "./json-line.ts";

/** The columns of notice.log that we fill, with Zeek's types; readers take columns by name. */
const COLUMNS = [
	["ts", "time"],
	["uid", "string"],
	["note", "enum"],
	["msg", "string"],
	["sub", "string"],
	["src", "addr"],
	["dst", "addr"],
	["p", "port"],
	["n", "count"],
	["peer_descr", "string"],
	["actions", "set[enum]"],
	["suppress_for", "interval"],
] as const;

type Row = Readonly<Record<(typeof COLUMNS)[number][0], string | number | readonly string[] | undefined>>;

/** Zeek's notice.log as JSON lines. */
export const zeekJsonFormat: NotificationFormat = {
	name: "zeek-json",
	contentType: "application/x-ndjson",
	extension: "log",
	separator: "\n",
	encode(notification, sender) {
		const { ts, ...rest } = notice(notification, sender);
		// A number with six decimals, which a double would not keep for certain.
		return `{"ts":${ts},${jsonLine({ ...rest, suppress_for: 0 }).slice(1)}`;
	},
};

/** Zeek's notice.log as it writes it by default: columns between tabs under a head of `#` lines. */
export const zeekFormat: NotificationFormat = {
	name: "zeek",
	contentType: "text/tab-separated-values; charset=utf-8",
	extension: "log",
	separator: "\n",
	header: [
		"#separator \\x09",
		"#set_separator\t,",
		"#empty_field\t(empty)",
		"#unset_field\t-",
		"#path\tnotice",
		`#fields\t${COLUMNS.map(([name]) => name).join("\t")}`,
		`#types\t${COLUMNS.map(([, type]) => type).join("\t")}`,
	].join("\n"),
	encode(notification, sender) {
		const row = notice(notification, sender);
		return COLUMNS.map(([name]) => cell(row[name])).join("\t");
	},
};

function notice(notification: Notification, { sensor }: Sender): Row {
	const { id, event, test } = notification;
	const { incident } = event;
	const pool = mainPool(incident);
	const name = pool?.serverName;
	const label = isAllowed(incident) ? "Allowed_Mining" : "Mining";
	return {
		ts: epochSeconds(event.at),
		uid: id,
		note: `DeCrypto::${test ? "Test" : label}`,
		msg: sentence(notification),
		sub: name === undefined ? `confidence=${incident.confidence}` : `confidence=${incident.confidence} sni=${name}`,
		src: incident.host.address,
		dst: pool?.address,
		p: pool?.port,
		n: incident.flows,
		peer_descr: sensor,
		actions: ["Notice::ACTION_LOG"],
		suppress_for: "0.000000",
	};
}

function cell(value: Row[keyof Row]): string {
	if (value === undefined) return "-";
	if (typeof value === "object") return value.map((element) => escaped(element).replaceAll(",", "\\x2c")).join(",");
	const text = escaped(String(value));
	if (text === "") return "(empty)";
	// A first byte that is escaped keeps the value apart from the marks of empty and unset columns and of comments.
	return text === "-" || text === "(empty)" || text.startsWith("#") ? `${hex(text)}${text.slice(1)}` : text;
}

/** As Zeek escapes: controls as `\xNN` per byte of UTF-8, a backslash as two. */
function escaped(text: string): string {
	return text.replace(CONTROLS, (character) => {
		if (character === "\\") return "\\\\";
		return [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
	});
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what this looks for.
const CONTROLS = /[\\\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function hex(text: string): string {
	return `\\x${text.charCodeAt(0).toString(16)}`;
}
