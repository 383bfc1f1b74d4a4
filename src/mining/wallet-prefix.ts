import { isWalletLike } from "./coins.ts";

const LONGEST_PREFIX = 6;

/** How a wallet begins, as evidence may show it: at most six characters, never more than half. Undefined for other logins. */
export function walletPrefix(login: string | undefined): string | undefined {
	return login !== undefined && isWalletLike(login) ? shortPrefix(login) : undefined;
}

/** The beginning of any text that evidence may show. */
export function shortPrefix(text: string): string {
	return text.slice(0, Math.min(LONGEST_PREFIX, text.length >> 1));
}
