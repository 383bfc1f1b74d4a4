import { isWalletLike } from "./coins.ts";

const LONGEST_PREFIX = 6;

/** The prefix of a wallet for evidence: at most six characters and at most half of it. Undefined for other logins. */
export function walletPrefix(login: string | undefined): string | undefined {
	return login !== undefined && isWalletLike(login) ? shortPrefix(login) : undefined;
}

/** The prefix of a text that evidence may show. */
export function shortPrefix(text: string): string {
	return text.slice(0, Math.min(LONGEST_PREFIX, text.length >> 1));
}
