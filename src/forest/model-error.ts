import { DeCryptoError } from "../bytes/error.ts";

const MAX_LENGTH = 240;

/**
 * A model that cannot be used: code `model`, one line in the user's words. Parts of the message come from the file:
 * control characters are shown as `?`, and the length is bounded.
 */
export function modelError(message: string, details: Readonly<Record<string, unknown>> = {}): DeCryptoError {
	const plain = message.replace(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/gu, "?");
	return new DeCryptoError("model", plain.length > MAX_LENGTH ? `${plain.slice(0, MAX_LENGTH)}…` : plain, details);
}
