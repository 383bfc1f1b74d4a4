import { BlockList, isIP } from "node:net";
import { z } from "zod";
import { secretSchema } from "../notify/receiver-schema.ts";
import { parseListenAddress } from "./listen-address.ts";
import { ROLES } from "./schemas/session.ts";
import { USER_NAME } from "./security/accounts.ts";
import { addNetwork } from "./security/client-address.ts";

const listen = z
	.string()
	.refine((text) => parseListenAddress(text) !== undefined, {
		error: "expected an address and a port such as 127.0.0.1:8470 or [::1]:8470",
	})
	.describe("Address and port of the web UI and the API");

const network = z.string().refine((text) => addNetwork(new BlockList(), text), {
	error: "expected a network such as 10.0.0.0/8, or an address",
});

const header = z
	.string()
	.regex(/^[A-Za-z0-9-]+$/, "expected the name of an HTTP header")
	.transform((text) => text.toLowerCase());

const hostName = z
	.string()
	.refine((text) => isIP(text) > 0 || /^[\w.-]{1,253}$/.test(text), { error: "expected a host name without a port" })
	.transform((text) => text.toLowerCase());

/** The value of `web:` in the configuration. */
export const webSchema = z
	.strictObject({
		listen: listen.default("127.0.0.1:8470"),
		tls: z
			.strictObject({ cert: z.string().min(1), key: z.string().min(1) })
			.optional()
			.describe("Files with certificate chain and key, in PEM"),
		behind_proxy: z
			.strictObject({
				trusted: z.array(network).min(1).describe("Addresses of the proxies; other clients are refused"),
				address_header: header.default("x-forwarded-for").describe("Where the proxy writes the client's address"),
				user_header: header
					.optional()
					.describe("Where the proxy writes the name of the user that it has authenticated"),
			})
			.optional()
			.describe("A reverse proxy ends TLS"),
		users: z
			.array(
				z.strictObject({
					name: z.string().regex(USER_NAME, "expected 1 to 64 letters, digits, '.', '_', '@' or '-'"),
					role: z.enum(ROLES).default("viewer"),
					password: secretSchema,
				}),
			)
			.default([])
			.check(({ value, issues }) => {
				const twice = value.findIndex(({ name }, i) => value.findIndex((each) => each.name === name) < i);
				if (twice < 0) return;
				const message = `"${value[twice]!.name}" is there twice`;
				issues.push({ code: "custom", path: [twice, "name"], message, input: value });
			})
			.describe("Who may log in"),
		hosts: z.array(hostName).default([]).describe("Names of this server beside localhost, for access without users"),
		role_without_users: z.enum(ROLES).default("operator").describe("What local access may do while there are no users"),
		session_hours: z.number().min(0.1).max(720).default(12).describe("Sessions of browsers end after this time"),
		metrics: z.boolean().default(false).describe("Serve /metrics here, too"),
	})
	.prefault({});

export type WebConfig = z.output<typeof webSchema>;
