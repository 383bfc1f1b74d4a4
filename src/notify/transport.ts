import type { Notification } from "./notification.ts";

/** What a transport carries at once: one notification, or several where transport and format allow it. */
export interface Message {
	readonly notifications: readonly Notification[];
	/** The format's body. */
	readonly body: string;
	readonly contentType: string;
}

/** Brings messages to one destination. Connects when the first message is sent, and again after a failure. */
export interface Transport {
	/** Resolves once the destination has taken the message. Rejects with a {@link RejectedError} if trying again is useless for now. */
	send(message: Message, signal: AbortSignal): Promise<void>;
	/** SIGHUP: opens files anew. */
	reopen?(): Promise<void>;
	close(): Promise<void>;
}

/** The destination answered, and refused this very message (such as HTTP 400): others may pass. */
export class RejectedError extends Error {
	override readonly name = "RejectedError";
}
