/**
 * Text from the network for readers that have no escapes of their own: controls (C0, C1), line separators and
 * bidirectional controls become `\xNN` or `\uNNNN`, and a backslash is doubled, so that nothing is lost.
 */
export function visibleText(text: string): string {
	return text.replace(INVISIBLE, (character) => {
		if (character === "\\") return "\\\\";
		const code = character.charCodeAt(0).toString(16);
		return code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u${code.padStart(4, "0")}`;
	});
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what this looks for.
const INVISIBLE = /[\\\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
