import type { NotificationFormat } from "../notification-format.ts";
import { chatMessage } from "./chat.ts";
import { jsonLine } from "./json-line.ts";

/** Mattermost incoming webhook. Texts are Markdown, so all that Markdown or a mention could use is written as an entity. */
export const mattermostFormat: NotificationFormat = {
	name: "mattermost",
	contentType: "application/json",
	extension: "json",
	separator: "\n",
	encode(notification) {
		const { sentence, facts } = chatMessage(notification);
		return jsonLine({
			text: entities(sentence),
			attachments: [
				{
					fallback: entities(sentence),
					fields: facts.map(([title, value]) => ({ title, value: entities(value), short: true })),
				},
			],
		});
	},
};

/** Every character but letters, digits, blanks and what begins no markup becomes `&#N;`. */
function entities(text: string): string {
	return text.replace(/[^\p{L}\p{N} ,;%]/gu, (character) => `&#${character.codePointAt(0)};`);
}
