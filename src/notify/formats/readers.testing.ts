import { FORMAT_NAMES, type FormatName } from "./formats.ts";

/** What an independent reader of a format finds; the sentence and the server name of the main pool. */
export interface ReadBack {
	readonly sentence: string;
	readonly serverName: string;
	readonly id: string;
	/** Undefined where the format has no place for the sequence number apart from the id. */
	readonly sequence?: number;
}

/** Readers written from the specifications of the formats, apart from the writers. */
export const READERS: Readonly<Record<FormatName, (body: string) => ReadBack>> = {
	json(body) {
		const { message, id, sequence, incident } = JSON.parse(body);
		return { sentence: message, id, sequence, serverName: incident.pools[0].serverName };
	},
	eve(body) {
		const { alert, tls } = JSON.parse(body);
		const { message, notification, sequence } = alert.metadata;
		return { sentence: message[0], serverName: tls.sni, id: notification[0], sequence: Number(sequence[0]) };
	},
	ecs(body) {
		const { message, destination, event } = JSON.parse(body);
		return { sentence: message, serverName: destination.domain, id: event.id, sequence: event.sequence };
	},
	ocsf(body) {
		const { message, evidences, metadata } = JSON.parse(body);
		const serverName = evidences[0].dst_endpoint.hostname;
		return { sentence: message, serverName, id: metadata.uid, sequence: metadata.sequence };
	},
	cef(body) {
		const { header, extension } = readCef(body);
		if (header.length !== 7) throw new Error(`${header.length} header fields`);
		const text = (key: string) => unseen(extension.get(key)!);
		return { sentence: text("msg"), serverName: text("dhost"), id: text("externalId"), sequence: Number(text("cn1")) };
	},
	leef(body) {
		const parts = /^LEEF:2\.0\|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|x09\|(.*)$/s.exec(body)!;
		const pairs = parts[5]!
			.split("\t")
			.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]);
		const attributes = new Map(pairs as [string, string][]);
		if (attributes.size !== pairs.length) throw new Error("an attribute is there twice");
		const text = (key: string) => unseen(attributes.get(key)!);
		return {
			sentence: text("msg"),
			serverName: text("serverName"),
			id: text("id"),
			sequence: Number(text("sequence")),
		};
	},
	idea(body) {
		const { Description, Target, AltNames } = JSON.parse(body);
		return { sentence: Description, serverName: Target[0].Hostname[0], id: AltNames[0] };
	},
	zeek(body) {
		const cells = body.split("\t");
		if (cells.length !== 12) throw new Error(`${cells.length} columns`);
		const text = (i: number) => unescapeZeek(cells[i]!);
		return { sentence: text(3), serverName: text(4).replace(/^confidence=\w+ sni=/, ""), id: text(1) };
	},
	"zeek-json"(body) {
		const { msg, sub, uid } = JSON.parse(body);
		return { sentence: msg, serverName: sub.replace(/^confidence=\w+ sni=/, ""), id: uid };
	},
	stix(body) {
		const { objects } = JSON.parse(body) as { objects: { type: string; [key: string]: unknown }[] };
		const find = (type: string) => objects.find((object) => object.type === type)!;
		const [reference] = find("report").external_references as { external_id: string }[];
		return {
			sentence: find("report").description as string,
			serverName: find("domain-name").value as string,
			id: reference!.external_id,
		};
	},
	alertmanager(body) {
		const [{ annotations, labels }] = JSON.parse(body);
		const { summary, pool, sequence } = annotations;
		return { sentence: summary, serverName: pool, id: `${labels.incident}-${sequence}`, sequence: Number(sequence) };
	},
	slack(body) {
		const { text, blocks } = JSON.parse(body);
		const fields = blocks.slice(1).flatMap((block: { fields: { type: string; text: string }[] }) => block.fields);
		if (fields.some(({ type }: { type: string }) => type !== "plain_text")) throw new Error("markup");
		const fact = (name: string) =>
			fields.find((field: { text: string }) => field.text.startsWith(`${name}: `)).text.slice(name.length + 2);
		if (/<|>/.test(text)) throw new Error("the fallback text contains a control character of Slack");
		const sentence = text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
		if (blocks[0].text.text !== sentence) throw new Error("block and fallback differ");
		return { sentence, serverName: fact("Server name"), id: fact("Notification") };
	},
	mattermost(body) {
		const { text, attachments } = JSON.parse(body);
		const fact = (name: string) =>
			markdownText(attachments[0].fields.find(({ title }: { title: string }) => title === name).value);
		return { sentence: markdownText(text), serverName: fact("Server name"), id: fact("Notification") };
	},
	teams(body) {
		const [first, ...rest] = JSON.parse(body).attachments[0].content.body;
		const facts = new Map(
			rest.map(({ inlines }: { inlines: { text: string }[] }) => [inlines[0]!.text, inlines[1]!.text]),
		);
		return {
			sentence: first.inlines[0].text,
			serverName: facts.get("Server name: ") as string,
			id: facts.get("Notification: ") as string,
		};
	},
	text(body) {
		const lines = body.split("\n");
		const fact = (name: string) => {
			const found = lines.filter((line) => line.trimStart().startsWith(`${name}: `));
			if (found.length !== 1) throw new Error(`${found.length} lines of ${name}`);
			return unseen(found[0]!.trimStart().slice(name.length + 2));
		};
		return { sentence: unseen(lines[0]!), serverName: fact("server name"), id: fact("id") };
	},
};

if (FORMAT_NAMES.some((name) => !(name in READERS))) throw new Error("a format has no reader");

/** Chats show long text shortened. */
export const SHORTENING: ReadonlySet<FormatName> = new Set(["slack", "mattermost", "teams"]);

function readCef(body: string): { header: string[]; extension: Map<string, string> } {
	const header: string[] = [];
	let field = "";
	let i = 0;
	for (; header.length < 7 && i < body.length; i++) {
		if (body[i] === "\\") field += body[++i];
		else if (body[i] === "|") {
			header.push(field);
			field = "";
		} else field += body[i];
	}
	const extension = new Map<string, string>();
	// A key is a word before an `=` that no backslash escapes.
	const keys = [...body.slice(i).matchAll(/(?:^| )([A-Za-z0-9]+)=/g)];
	for (const [n, match] of keys.entries()) {
		const value = body.slice(
			i + match.index + match[0].length,
			n + 1 < keys.length ? i + keys[n + 1]!.index : undefined,
		);
		if (extension.has(match[1]!)) throw new Error(`${match[1]} is there twice`);
		extension.set(match[1]!, value.replace(/\\([\\=])/g, "$1"));
	}
	return { header, extension };
}

/** Undoes the escapes of formats that have none of their own, and refuses raw controls. */
function unseen(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: a control here would be a forged line or colour.
	if (/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]/.test(text)) throw new Error("a raw control character");
	return text.replace(/\\(\\|x[0-9a-f]{2}|u[0-9a-f]{4})/g, (_, code: string) =>
		code === "\\" ? "\\" : String.fromCharCode(Number.parseInt(code.slice(1), 16)),
	);
}

/** Zeek's escapes stand for bytes. */
function unescapeZeek(text: string): string {
	const bytes = text.replace(/\\\\|\\x([0-9a-f]{2})|[^\\]+/g, (part, hex?: string) => {
		if (part === "\\\\") return "\\";
		return hex ? String.fromCharCode(Number.parseInt(hex, 16)) : Buffer.from(part).toString("latin1");
	});
	return Buffer.from(bytes, "latin1").toString();
}

function markdownText(text: string): string {
	const rest = text.replace(/&#\d+;/g, "");
	if (/[<>*_`~[\]@#!|\\\n]/.test(rest)) throw new Error("the text contains markup");
	return text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
}
