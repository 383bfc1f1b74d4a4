/**
 * JSON in one line that a terminal shows without acting on it: besides what JSON itself escapes, C1 controls, line
 * separators and bidirectional controls are written as `\uXXXX`. Readers of JSON see no difference.
 */
export function jsonLine(value: unknown): string {
	return JSON.stringify(value).replace(
		UNSAFE,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);
}

const UNSAFE = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
