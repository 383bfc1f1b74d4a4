import { styleText } from "node:util";

/** Gives text a colour, or not. */
export type Style = (format: Parameters<typeof styleText>[0], text: string) => string;

export function styleFor(colour: boolean): Style {
	return colour ? (format, text) => styleText(format, text, { validateStream: false }) : (_, text) => text;
}
