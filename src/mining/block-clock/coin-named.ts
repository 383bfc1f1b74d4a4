import { COINS_WITH_INTERVAL } from "./block-interval.ts";

/** The coin that a person means: `monero` and `bitcoin-cash` are `Monero` and `Bitcoin Cash`; one that is not known stays as it is. */
export function coinNamed(text: string): string {
	const plain = text.toLowerCase().replaceAll("-", " ");
	return COINS_WITH_INTERVAL.find((coin) => coin.toLowerCase() === plain) ?? text;
}
