import { terminalText } from "../bytes/terminal-text.ts";

/** Writes a message to standard error: its lines may quote file names and text of peers, which must not command the terminal. */
export function tell(message: string, program = "decrypto"): void {
	console.error(`${program}: ${message.split("\n").map(terminalText).join("\n")}`);
}
