import type { Notification } from "./notification.ts";

/** What messages say about the sender. */
export interface Sender {
	/** The sensor's name, such as its host name. */
	readonly sensor: string;
	/** DeCrypto's version. */
	readonly version: string;
	/** The clock, in milliseconds since the epoch. */
	now(): number;
}

/** One of the formats that receivers name in their configuration (docs/notifications.md). */
export interface NotificationFormat {
	readonly name: string;
	readonly contentType: string;
	/** File name extension without a dot, for spool directories. */
	readonly extension: string;
	/** What separates encoded notifications in a file or stream. Formats of one line contain no line feed themselves. */
	readonly separator: string;
	/** Lines that begin each new file. */
	readonly header?: string;
	encode(notification: Notification, sender: Sender): string;
	/** One body for several notifications; absent: the encoded ones joined by `separator`. */
	batch?(notifications: readonly Notification[], sender: Sender): string;
}

/** One body for all of them. */
export function encodeAll(format: NotificationFormat, notifications: readonly Notification[], sender: Sender): string {
	if (notifications.length === 1) return format.encode(notifications[0]!, sender);
	if (format.batch) return format.batch(notifications, sender);
	return notifications.map((notification) => format.encode(notification, sender)).join(format.separator);
}
