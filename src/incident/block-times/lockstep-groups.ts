import type { HitWindow } from "../../detect/block-times/block-time-test.ts";
import { significanceOf } from "../../detect/block-times/significance.ts";
import type { Endpoint } from "../sighting.ts";
import type { WatchedPair } from "./watched-pair.ts";

/** Hosts to which one server sends data at the same times. */
export interface LockstepGroup {
	readonly server: Endpoint;
	readonly serverName?: string;
	/** Addresses of the hosts. */
	readonly hosts: readonly string[];
	readonly coin?: string;
}

/** Pushes of one server to several hosts leave it within a second. */
const WINDOW: HitWindow = { lo: -1e6, hi: 1e6 };
const LEVEL = Math.log(1e-6);
const FEWEST_HOSTS = 3;
const MOST_HOSTS = 256;

/**
 * The groups of hosts in lockstep, at servers of which a pair was reported. The host with the most pushes is the clock of the
 * others; two hosts at one server are usual, so groups begin with three.
 */
export function lockstepGroups(pairs: readonly WatchedPair[]): LockstepGroup[] {
	const byServer = Map.groupBy(pairs, ({ last: { domain, server } }) => `${domain}|${server.address}|${server.port}`);
	return [...byServer.values()].flatMap((ofServer) => groupOf(ofServer.slice(0, MOST_HOSTS)));
}

function groupOf(pairs: readonly WatchedPair[]): LockstepGroup[] {
	const isReported = pairs.some((pair) => pair.isSuspect || pair.isConfirmed || pair.reportedBlocks > 0);
	if (!isReported || pairs.length < FEWEST_HOSTS) return [];
	const [reference, ...others] = pairs.toSorted((a, b) => b.clock.length - a.clock.length) as [WatchedPair];
	const options = { window: WINDOW, isClockOfPushes: true, look: 1, tests: pairs.length };
	const inLockstep = (others as WatchedPair[]).filter(
		({ history }) => significanceOf(history, reference.clock, options).logCorrected <= LEVEL,
	);
	if (inLockstep.length + 1 < FEWEST_HOSTS) return [];
	const { server } = reference.last;
	const named = pairs.find(({ serverName }) => serverName !== undefined)?.serverName;
	const coin = pairs.find((pair) => pair.coin !== undefined)?.coin;
	return [
		{
			server,
			...(named !== undefined && { serverName: named }),
			hosts: [reference, ...inLockstep].map(({ last }) => last.client.address),
			...(coin !== undefined && { coin }),
		},
	];
}
