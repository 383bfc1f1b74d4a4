import { z } from "zod";
import { NetworkList, parseNetwork } from "../flow/networks.ts";
import { CONFIDENCES, EVENT_KINDS } from "../incident/incident.ts";
import { isInterface, parseInterface } from "../nemea/index.ts";
import { FORMAT_NAMES } from "./formats/formats.ts";
import { duration, size } from "./quantity-schemas.ts";
import type { NetworkSelection } from "./selection.ts";

function url(...protocols: readonly string[]) {
	return z.string().transform((text, context) => {
		const parsed = URL.canParse(text) ? new URL(text) : undefined;
		if (parsed && protocols.includes(parsed.protocol.slice(0, -1)) && parsed.hostname !== "") {
			if (parsed.username === "" && parsed.password === "") return parsed;
			context.addIssue("a URL must not contain a user name or password; use { file: … } or { env: … }");
			return z.NEVER;
		}
		context.addIssue(`expected ${protocols.map((each) => `${each}://…`).join(" or ")}, found "${text}"`);
		return z.NEVER;
	});
}

/** A secret is named by its file or by an environment variable; it never stands in the configuration itself. */
export const secretSchema = z.union([
	z.strictObject({ file: z.string().min(1) }),
	z.strictObject({ env: z.string().min(1) }),
]);
/** Also what a secret that stands for a URL must be. */
export const httpUrl = url("http", "https");
const tls = z.strictObject({
	ca: z.string().optional().describe("PEM file of the accepted authorities"),
	cert: z.string().optional().describe("PEM file of our certificate"),
	key: z.string().optional().describe("PEM file of our key"),
});

/** Prefixes, and names of `networks.names`: a text with a digit and a dot, colon or slash must be a prefix. */
const networks = z.array(z.string()).transform((texts, context): NetworkSelection => {
	const prefixes = [];
	const names = [];
	for (const text of texts) {
		const network = parseNetwork(text);
		if (network) prefixes.push(network);
		else if (/^[\d.:/a-fA-F]+$/.test(text) && /[.:/]/.test(text)) {
			context.addIssue(`"${text}" is no network; write for example 10.0.0.0/8`);
		} else names.push(text);
	}
	return { list: new NetworkList(prefixes), names };
});

const when = z.strictObject({
	confidence: z.enum(CONFIDENCES).optional().describe("at least this certain"),
	events: z.array(z.enum(EVENT_KINDS)).min(1).optional(),
	networks: networks.optional(),
	coins: z.array(z.string()).min(1).optional(),
	allowlisted: z.enum(["no", "also", "only"]).default("no"),
});

const common = {
	name: z.string().regex(/^[\w.-]{1,64}$/, "expected 1 to 64 letters, digits, '.', '_' or '-'"),
	format: z.enum(FORMAT_NAMES).optional(),
	when: when.optional(),
	timeout: duration.optional().describe("of one attempt; default 30s"),
	give_up: duration.optional().describe("attempts end after this time; default 7d"),
};

const NATS_SERVERS = /^nats:\/\/(?<servers>[\w.:[\],-]+)\/(?<subject>[^\s/*>]+)$/;

const alternatives = {
	file: z.strictObject({
		...common,
		file: z.string().min(1),
		rotate: z
			.strictObject({ size: size.optional(), age: duration.optional(), keep: z.int().min(0).max(1000).default(10) })
			.optional(),
	}),
	stdout: z.strictObject({ ...common, stdout: z.literal(true) }),
	syslog: z.strictObject({
		...common,
		syslog: url("udp", "tcp", "tls"),
		facility: z.int().min(0).max(23).default(16),
		tls: tls.optional(),
	}),
	http: z.strictObject({
		...common,
		http: z
			.union([httpUrl, secretSchema])
			.describe("a URL; webhook URLs with a token come from a file or the environment"),
		headers: z.record(z.string().regex(/^[\w-]+$/), z.union([z.string(), secretSchema])).optional(),
		hmac: secretSchema.optional().describe("key of the header X-DeCrypto-Signature"),
		tls: tls.optional(),
	}),
	mail: z.strictObject({
		...common,
		mail: z.strictObject({
			to: z.union([z.email(), z.array(z.email()).min(1)]),
			from: z.string().min(3).default("decrypto@localhost"),
			server: url("smtp", "smtps"),
			user: z.string().optional(),
			password: secretSchema.optional(),
			every: duration.optional().describe("at most one mail per interval"),
			tls: tls.optional(),
		}),
	}),
	nats: z.strictObject({
		...common,
		nats: z.string().regex(NATS_SERVERS, "expected nats://host[:port][,host…]/subject"),
		user: z.string().optional(),
		password: secretSchema.optional(),
		token: secretSchema.optional(),
		tls: tls.optional(),
	}),
	trap: z.strictObject({
		...common,
		format: z.undefined({ error: "trap has the aggregator's record as its only format" }).optional(),
		trap: z.string().superRefine(checkInterface),
	}),
	spool: z.strictObject({ ...common, spool: z.string().min(1) }),
};

function checkInterface(text: string, context: z.RefinementCtx): void {
	try {
		parseInterface(isInterface(text) ? text : `f:${text}`, "output");
	} catch (error) {
		context.addIssue((error as Error).message);
	}
}

export const receiverSchema = z.union([
	alternatives.file,
	alternatives.stdout,
	alternatives.syslog,
	alternatives.http,
	alternatives.mail,
	alternatives.nats,
	alternatives.trap,
	alternatives.spool,
]);

/** The value of `receivers:`. Names are unique: outbox, metrics and logs know receivers by them. */
export const receiversSchema = z.array(receiverSchema).superRefine((receivers, context) => {
	const seen = new Set<string>();
	for (const [i, { name }] of receivers.entries()) {
		if (seen.has(name)) context.addIssue({ code: "custom", path: [i, "name"], message: `"${name}" is there twice` });
		seen.add(name);
	}
});

/** One receiver as configured, validated. */
export type ReceiverConfig = z.output<typeof receiverSchema>;

/** Servers and subject of `nats:`. */
export function natsTarget(text: string): { servers: string[]; subject: string } {
	const { servers, subject } = NATS_SERVERS.exec(text)!.groups as { servers: string; subject: string };
	return { servers: servers.split(","), subject };
}
