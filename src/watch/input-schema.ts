import { z } from "zod";
import { parseBusAddress } from "../bus/bus-address.ts";
import { reasonOf } from "../bytes/error.ts";
import { nearestWord } from "../bytes/nearest-word.ts";
import { type Network, parseNetwork } from "../flow/networks.ts";
import { kindOfAddress } from "../input/input-kinds.ts";
import { readRedisAddress } from "../logs/redis-log.ts";
import { parseInterface } from "../nemea/index.ts";
import { secretSchema } from "../notify/receiver-schema.ts";
import type { SecretReference } from "../notify/secret.ts";
import { network } from "./network-schema.ts";

/** One input, ready to be opened. */
export interface InputConfig {
	/** As `decrypto detect` has it: `live:eth0`, `ipfix+udp://[::]:4739`. */
	readonly name: string;
	readonly bpf?: string;
	/** Networks that exporters may send from. */
	readonly exporters?: readonly Network[];
	/** Of the server that is asked. */
	readonly password?: SecretReference;
	readonly tls?: { readonly certificate: string; readonly key: string; readonly authority?: string | undefined };
}

const text = z.string().min(1);
const tls = z.strictObject({
	certificate: text.describe("PEM file of our certificate"),
	key: text.describe("PEM file of its key"),
	authority: text.optional().describe("PEM file of the authority that exporters' certificates must come from"),
});

/** Listeners that this version has. */
const SCHEMES = ["ipfix+udp", "ipfix+tcp", "ipfix+tls", "netflow+udp", "sflow+udp"].filter(
	(scheme) => kindOfAddress(`${scheme}://[::1]:1`) !== undefined,
);
const LISTENER = /^(?<scheme>[\w+.-]+):\/\/(?:\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::(?<port>\d{1,5}))?$/;

function checkListener(text: string, context: z.RefinementCtx): void {
	const { scheme, port = "0" } = LISTENER.exec(text)?.groups ?? {};
	if (scheme !== undefined && SCHEMES.includes(scheme) && Number(port) <= 65_535) return;
	const nearest = nearestWord(text.split(":", 1)[0]!, SCHEMES);
	const hint = nearest === undefined || nearest === scheme ? "" : `; did you mean "${nearest}"?`;
	const expected = `expected ADDRESS://HOST:PORT with one of ${SCHEMES.join(", ")}`;
	context.addIssue(`${expected}, found "${text.slice(0, 80)}"${hint}`);
}

function checkInterface(text: string, context: z.RefinementCtx): void {
	try {
		parseInterface(text, "input");
	} catch (error) {
		context.addIssue(reasonOf(error));
	}
}

const live = z
	.strictObject({
		live: text.regex(/^[\w.:@-]{1,64}$/, "expected the name of a network interface, such as eth0"),
		bpf: text.optional().describe("Only packets that match, as tcpdump has it"),
	})
	.transform(({ live, bpf }): InputConfig => ({ name: `live:${live}`, ...(bpf !== undefined && { bpf }) }));

const listen = z
	.strictObject({
		listen: text.meta({ pattern: `^(${SCHEMES.join("|").replaceAll("+", "\\+")})://` }).superRefine(checkListener),
		exporters: z
			.array(network)
			.min(1)
			.optional()
			.describe("Networks that exporters may send from; what comes from elsewhere is dropped and counted"),
		tls: tls.optional(),
	})
	.superRefine(({ listen, tls }, context) => {
		if (listen.includes("+tls:") && tls === undefined)
			context.addIssue({ code: "custom", path: ["listen"], message: "tls: certificate and key are missing" });
	})
	.transform(
		({ listen, exporters, tls }): InputConfig => ({
			name: listen,
			...(exporters && { exporters: exporters.map((text) => parseNetwork(text)!) }),
			...(tls && { tls }),
		}),
	);

const follow = z
	.strictObject({
		follow: text.describe("A directory that captures or flow files are written to"),
		bpf: text.optional().describe("Only packets that match, as tcpdump has it"),
	})
	.transform(({ follow, bpf }): InputConfig => ({ name: `follow:${follow}`, ...(bpf !== undefined && { bpf }) }));

const nemea = z
	.strictObject({
		nemea: text
			.regex(/^[utT]:/, {
				error: ({ input }) => `expected u:NAME or t:HOST:PORT, found "${String(input).slice(0, 80)}"`,
			})
			.superRefine(checkInterface)
			.describe("A NEMEA interface"),
	})
	.transform(({ nemea }): InputConfig => ({ name: nemea }));

function checkBus(text: string, context: z.RefinementCtx): void {
	try {
		parseBusAddress(text);
	} catch (error) {
		context.addIssue(reasonOf(error));
	}
}

const BUS = "nats://HOST,HOST/flows";
const bus = z
	.strictObject({
		bus: text
			.regex(/^nats:\/\//, { error: ({ input }) => `expected ${BUS}, found "${String(input).slice(0, 80)}"` })
			.superRefine(checkBus)
			.describe("What sensors publish on a bus (decrypto sense)"),
	})
	.transform(({ bus }): InputConfig => ({ name: bus }));

const EVE = "eve+unix:///PATH";
const eve = z
	.strictObject({
		eve: text
			.regex(/^eve\+unix:\/\/\/./, { error: ({ input }) => `expected ${EVE}, found "${String(input).slice(0, 80)}"` })
			.describe("A Unix socket that Suricata writes its events to"),
	})
	.transform(({ eve }): InputConfig => ({ name: eve }));

function checkRedis(text: string, context: z.RefinementCtx): void {
	try {
		const { password } = readRedisAddress(text);
		if (password !== undefined) context.addIssue("passwords come from password: { file: … } or { env: … }");
	} catch (error) {
		context.addIssue(reasonOf(error));
	}
}

const REDIS = "redis://HOST:PORT/KEY";
const redis = z
	.strictObject({
		redis: text
			.regex(/^redis:\/\//, { error: ({ input }) => `expected ${REDIS}, found "${String(input).slice(0, 80)}"` })
			.superRefine(checkRedis)
			.describe("A list in Redis that Suricata pushes its events to"),
		password: secretSchema.optional().describe("Password of the server"),
	})
	.transform(({ redis, password }): InputConfig => ({ name: redis, ...(password && { password }) }));

/** One entry of `inputs:`; its first key tells the kind. */
export const inputSchema = z.union([live, listen, follow, nemea, bus, eve, redis]);
