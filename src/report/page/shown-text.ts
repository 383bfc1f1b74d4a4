/**
 * Text as a page may show it. Control characters (ANSI sequences), format characters (bidirectional overrides, zero-width
 * characters; Unicode TR 36, 3.6) and lone surrogates become U+FFFD; tab and line feed stay.
 */
export function shownText(text: string): string {
	return text.replace(/[^\P{C}\t\n]/gu, "\ufffd");
}
