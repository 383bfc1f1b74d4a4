import type { Finding, MiningProtocol, PoolOutcome } from "./recognition.ts";

/**
 * Adds details of a later message, or of a message in the other direction, to the first one: coin, program, wallet,
 * outcome, and the protocol if several protocols share the first message.
 */
export function joinFindings<F extends Finding>(first: F, later: Finding): F {
	const protocol = moreSpecific(first, later);
	return {
		...first,
		protocol,
		coin: first.coin ?? later.coin,
		software: first.software ?? later.software,
		walletPrefix: first.walletPrefix ?? later.walletPrefix,
		outcome: joinOutcomes(first.outcome, later.outcome),
	};
}

/** Messages of `monero-stratum` that Grin, Beam and others share. */
const SHARED_MESSAGES: ReadonlySet<string> = new Set([
	"login",
	"submit",
	"keepalived",
	"error reply",
	"reply to submit",
]);

function moreSpecific(first: Finding, later: Finding): MiningProtocol {
	const { protocol } = first;
	if (protocol === "stratum" && later.protocol.endsWith("-stratum")) return later.protocol;
	if (protocol !== "monero-stratum" || !SHARED_MESSAGES.has(first.message)) return protocol;
	return later.protocol === "stratum" ? protocol : later.protocol;
}

/** A pool that sends jobs serves the miner even if it refused a share. */
function joinOutcomes(first: PoolOutcome | undefined, later: PoolOutcome | undefined): PoolOutcome | undefined {
	return first === "working" || later === "working" ? "working" : (first ?? later);
}
