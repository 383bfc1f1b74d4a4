import type { Writable } from "node:stream";
import { inContext, UsageError } from "../bytes/error.ts";
import { FORMATS, type FormatName } from "./formats/formats.ts";
import type { NotificationFormat, Sender } from "./notification-format.ts";
import { type DeliveryPolicy, POLICY_DEFAULT, type ReceiverPlan } from "./receiver.ts";
import { httpUrl, natsTarget, type ReceiverConfig } from "./receiver-schema.ts";
import { readSecret, type Secret, type SecretReference } from "./secret.ts";
import { SELECT_DEFAULT } from "./selection.ts";
import type { Transport } from "./transport.ts";
import { FileTransport, type Rotation } from "./transports/file.ts";
import { HttpTransport } from "./transports/http.ts";
import { MailTransport } from "./transports/mail.ts";
import { NatsTransport } from "./transports/nats.ts";
import { SpoolTransport } from "./transports/spool.ts";
import { StreamTransport } from "./transports/stdout.ts";
import { type SyslogAddress, syslogTransport } from "./transports/syslog.ts";
import { TlsFiles } from "./transports/tls-files.ts";
import { TrapTransport } from "./transports/trap.ts";

/** What receivers need from their program. */
export interface ReceiverSurroundings {
	readonly sender: Sender;
	readonly stdout: Writable;
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** Where NEMEA's Unix sockets stand. */
	readonly socketDirectory?: string;
}

/** Notifications per message where the transport carries several at once. */
const DIGEST_MAX = 200;

/** Makes transports of configured receivers; nothing connects yet. Throws a `UsageError` naming the receiver. */
export function planReceivers(configs: readonly ReceiverConfig[], surroundings: ReceiverSurroundings): ReceiverPlan[] {
	return configs.map((config) => {
		try {
			return planReceiver(config, surroundings);
		} catch (error) {
			throw inContext(`receiver ${config.name}`, error);
		}
	});
}

function planReceiver(config: ReceiverConfig, surroundings: ReceiverSurroundings): ReceiverPlan {
	const format = "trap" in config ? undefined : FORMATS[config.format ?? defaultFormat(config)];
	return {
		name: config.name,
		selection: defined({ ...SELECT_DEFAULT, ...config.when }),
		...(format && { format }),
		transport: openTransport(config, format, surroundings),
		policy: policyOf(config),
	};
}

function defaultFormat(config: ReceiverConfig): FormatName {
	if ("mail" in config || "stdout" in config) return "text";
	if ("syslog" in config) return "cef";
	return "spool" in config ? "idea" : "json";
}

function policyOf(config: ReceiverConfig): DeliveryPolicy {
	const digest = "mail" in config ? { every: config.mail.every ?? 0, batch: config.mail.every ? DIGEST_MAX : 1 } : {};
	const { timeout = POLICY_DEFAULT.timeout, give_up: giveUp = POLICY_DEFAULT.giveUp } = config;
	return { ...POLICY_DEFAULT, timeout, giveUp, ...digest };
}

function openTransport(
	config: ReceiverConfig,
	format: NotificationFormat | undefined,
	{ sender, stdout, environment, socketDirectory }: ReceiverSurroundings,
): Transport {
	const secret = (reference: SecretReference | undefined): Secret | undefined =>
		reference && readSecret(reference, environment);
	if ("trap" in config) return new TrapTransport(config.trap, socketDirectory);
	if ("file" in config) return new FileTransport(config.file, format!, defined<Rotation | undefined>(config.rotate));
	if ("stdout" in config) return new StreamTransport(stdout, format!);
	if ("spool" in config) return new SpoolTransport(config.spool, format!.extension);
	const tls = tlsOf("mail" in config ? config.mail.tls : config.tls);
	if ("syslog" in config) {
		return syslogTransport(syslogAddress(config.syslog), { sender, facility: config.facility, ...tls });
	}
	if ("http" in config) {
		const { headers = {}, hmac } = config;
		const revealed = Object.entries(headers).map(([name, value]) => [
			name,
			typeof value === "string" ? value : readSecret(value, environment),
		]);
		return new HttpTransport(
			addressOf(config.http, environment),
			defined({ headers: Object.fromEntries(revealed), hmac: secret(hmac), ...tls }),
		);
	}
	if ("nats" in config) {
		const { user, password, token } = config;
		const login = { user, password: secret(password), token: secret(token) };
		return new NatsTransport(defined({ ...natsTarget(config.nats), ...login, ...tls }));
	}
	const { to, from, server, user, password } = config.mail;
	const recipients = typeof to === "string" ? [to] : to;
	return new MailTransport(defined({ to: recipients, from, server, user, password: secret(password), ...tls }));
}

/** A URL from a secret is checked here; the message must not show it. */
function addressOf(http: URL | SecretReference, environment: ReceiverSurroundings["environment"]): URL {
	if (http instanceof URL) return http;
	const result = httpUrl.safeParse(readSecret(http, environment).reveal());
	if (!result.success) throw new UsageError("the secret of http: is no http:// or https:// URL");
	return result.data;
}

function syslogAddress(url: URL): SyslogAddress {
	const protocol = url.protocol.slice(0, -1) as SyslogAddress["protocol"];
	// RFC 5426, RFC 6587 and RFC 5425.
	const usual = protocol === "tls" ? 6514 : 514;
	return { protocol, host: url.hostname.replace(/^\[|\]$/g, ""), port: url.port === "" ? usual : Number(url.port) };
}

function tlsOf(paths: { ca?: string | undefined; cert?: string | undefined; key?: string | undefined } | undefined) {
	return paths ? { tls: new TlsFiles(defined(paths)) } : {};
}

type Defined<T> = T extends object ? { [K in keyof T]: Exclude<T[K], undefined> } : T;

/** The same without members that are undefined. */
function defined<T>(value: unknown): T;
function defined<T extends object>(value: T): Defined<T>;
function defined(value: unknown): unknown {
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
}
