import { createTransport } from "nodemailer";
import { inContext } from "../../bytes/error.ts";
import { aborted } from "../aborted.ts";
import { sentence } from "../facts.ts";
import { visibleText } from "../formats/visible-text.ts";
import type { Notification } from "../notification.ts";
import type { Secret } from "../secret.ts";
import { stableUuid } from "../stable-uuid.ts";
import { type Message, RejectedError, type Transport } from "../transport.ts";
import type { TlsFiles } from "./tls-files.ts";

export interface MailOptions {
	readonly to: readonly string[];
	readonly from: string;
	/** `smtp://host[:port]` (STARTTLS if offered) or `smtps://host[:port]`. */
	readonly server: URL;
	readonly user?: string;
	readonly password?: Secret;
	readonly tls?: TlsFiles;
}

/** A subject line has at most 998 octets (RFC 5322, 2.1.1); people read fewer. */
const SUBJECT_MAX = 160;
/** An SMTP server that hangs is left after this time, whatever the receiver's own timeout. */
const STEP_TIMEOUT_MS = 20_000;

/** Mail over SMTP; several notifications are one mail, a digest. */
export class MailTransport implements Transport {
	readonly #options: MailOptions;

	constructor(options: MailOptions) {
		this.#options = options;
	}

	async send({ notifications, body }: Message, signal: AbortSignal): Promise<void> {
		const { to, from, server } = this.#options;
		const mailer = createTransport({ ...this.#connection(), ...timeouts });
		const abort = (): void => mailer.close();
		signal.addEventListener("abort", abort, { once: true });
		try {
			const sending = mailer.sendMail({
				from,
				to: [...to],
				subject: subject(notifications),
				text: body,
				messageId: `<${stableUuid(notifications.map(({ id }) => id).join(" "))}@decrypto>`,
				headers: { "Auto-Submitted": "auto-generated", "X-DeCrypto-Notification": notifications[0]!.id },
				disableFileAccess: true,
				disableUrlAccess: true,
			});
			await Promise.race([sending, aborted(signal)]);
		} catch (error) {
			const { responseCode, message } = error as { responseCode?: number; message: string };
			// 552 … 554 refuse the message itself; 550 and 535 are about mailbox and login, which may be put right.
			if (responseCode !== undefined && responseCode >= 552 && responseCode <= 554) throw new RejectedError(message);
			throw inContext(server.host, error);
		} finally {
			signal.removeEventListener("abort", abort);
			mailer.close();
		}
	}

	async close(): Promise<void> {}

	#connection() {
		const { server, user, password, tls } = this.#options;
		const secure = server.protocol === "smtps:";
		return {
			host: server.hostname.replace(/^\[|\]$/g, ""),
			port: server.port === "" ? (secure ? 465 : 25) : Number(server.port),
			secure,
			...(tls && { tls: tls.read() }),
			// A password never travels over a connection without TLS.
			...(user !== undefined && password && { auth: { user, pass: password.reveal() }, requireTLS: !secure }),
		};
	}
}

const timeouts = {
	connectionTimeout: STEP_TIMEOUT_MS,
	greetingTimeout: STEP_TIMEOUT_MS,
	socketTimeout: STEP_TIMEOUT_MS,
};

function subject(notifications: readonly Notification[]): string {
	const first = visibleText(sentence(notifications[0]!));
	const text = notifications.length === 1 ? first : `${notifications.length} notifications: ${first}`;
	return `[decrypto] ${text.length > SUBJECT_MAX ? `${text.slice(0, SUBJECT_MAX)}…` : text}`.toWellFormed();
}
