import type { NotificationFormat } from "../notification-format.ts";
import { chatMessage } from "./chat.ts";
import { jsonLine } from "./json-line.ts";

/** Slack incoming webhook. Blocks are `plain_text`, in which mrkdwn, mentions and links mean nothing. */
export const slackFormat: NotificationFormat = {
	name: "slack",
	contentType: "application/json",
	extension: "json",
	separator: "\n",
	encode(notification) {
		const { sentence, facts } = chatMessage(notification);
		const fields = facts.map(([name, value]) => plainText(`${name}: ${value}`));
		return jsonLine({
			text: escaped(sentence),
			mrkdwn: false,
			blocks: [
				{ type: "section", text: plainText(sentence) },
				// A section has at most ten fields.
				{ type: "section", fields: fields.slice(0, 10) },
				...(fields.length > 10 ? [{ type: "section", fields: fields.slice(10) }] : []),
			],
		});
	},
};

function plainText(text: string): object {
	return { type: "plain_text", text, emoji: false };
}

/** Slack's three control characters. */
function escaped(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
