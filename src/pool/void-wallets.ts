/**
 * The default wallets of a probe's login: addresses of the right length and alphabet that spell VOID
 * and have wrong checksums. A pool refuses them or mines for nobody.
 */
export const VOID_WALLETS = {
	monero: `4${"VoidWaLLetoFaProbe".repeat(6)}`.slice(0, 95),
	ethereum: `0x${"0000decafbad".repeat(4)}`.slice(0, 42),
} as const;
