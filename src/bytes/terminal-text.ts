/**
 * Foreign text (names from traffic, lists, files), made safe for a terminal: control characters, among them the
 * escape that begins ANSI sequences, and characters that change the direction of text or are invisible become `\\u{…}`.
 */
export function terminalText(text: string): string {
	return text.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

// C0 and C1 controls; format characters (Unicode category Cf) such as bidirectional overrides; line separators; lone
// surrogates.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
