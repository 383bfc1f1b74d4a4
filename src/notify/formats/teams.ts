import type { NotificationFormat } from "../notification-format.ts";
import { chatMessage } from "./chat.ts";
import { jsonLine } from "./json-line.ts";

/** Microsoft Teams workflow webhook: an Adaptive Card. Text runs of rich text blocks are shown as they are, without Markdown. */
export const teamsFormat: NotificationFormat = {
	name: "teams",
	contentType: "application/json",
	extension: "json",
	separator: "\n",
	encode(notification) {
		const { sentence, facts } = chatMessage(notification);
		return jsonLine({
			type: "message",
			attachments: [
				{
					contentType: "application/vnd.microsoft.card.adaptive",
					contentUrl: null,
					content: {
						$schema: "http://adaptivecards.io/schemas/adaptive-card.json",
						type: "AdaptiveCard",
						version: "1.4",
						body: [
							richText({ text: sentence, weight: "Bolder" }),
							...facts.map(([name, value]) => richText({ text: `${name}: `, isSubtle: true }, { text: value })),
						],
					},
				},
			],
		});
	},
};

function richText(...runs: readonly { text: string; weight?: string; isSubtle?: boolean }[]): object {
	return { type: "RichTextBlock", inlines: runs.map((run) => ({ type: "TextRun", ...run })) };
}
