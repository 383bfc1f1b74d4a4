import { type Arrival, compareArrivals } from "./arrival.ts";
import { BoundedMap } from "./bounded-map.ts";
import { type Coverage, NO_COVERAGE } from "./coverage.ts";
import { eventOf, type Occasion } from "./event.ts";
import { type Amounts, FlowMemory } from "./flow-memory.ts";
import { HostTable } from "./host-table.ts";
import type { EventKind, Host, Incident, IncidentEvent } from "./incident.ts";
import {
	addInput,
	hostKey,
	type IncidentState,
	incidentOf,
	newIncidentState,
	poolStateOf,
	raisedConfidence,
	roleOf,
} from "./incident-state.ts";
import { endpointKey, learnFrom, type PoolState, poolKey, shapeVerdict } from "./pool-state.ts";
import { PriorityQueue } from "./priority-queue.ts";
import type { Dissent, Sighting } from "./sighting.ts";
import { addSlices, countJudged, newTimeSlices, type TimeSlices } from "./time-slices.ts";
import { newTrackerCounters, TRACKER_DEFAULTS, type TrackerCounters, type TrackerOptions } from "./tracker-options.ts";
import { SNAPSHOT_VERSION, type TrackerSnapshot } from "./tracker-snapshot.ts";

/** What happened since the last `take`. */
export interface TrackerOutput {
	readonly events: readonly IncidentEvent[];
	/**
	 * Incidents that changed, as they are now, and what the tracker must get back after a restart. `state` is the tracker's
	 * own and valid until its next call: post or serialise it before.
	 */
	readonly updated: readonly { readonly incident: Incident; readonly state: IncidentState }[];
	/** Identifiers of closed incidents that cannot reopen any more: their state is not needed after a restart. */
	readonly forgotten: readonly string[];
	/** The counted sightings, each with the identifier of its incident. */
	readonly sightings: readonly { readonly incident: string; readonly sighting: Sighting }[];
	/** Sightings that allowlist entries covered, by identifier of the entry, and the time of the last one. */
	readonly hits: ReadonlyMap<string, { readonly count: number; readonly last: number }>;
	/** The time up to which everything was taken in; null before the first arrival. */
	readonly now: number | null;
}

/**
 * Sightings and dissents in, incidents and their events out. No I/O, no clock: time is that of the flows, and of `advance`.
 * The same arrivals give the same events however they are split into calls, in any order within the allowed lateness, and
 * over any number of snapshots. Memory is bounded by the options.
 */
export class IncidentTracker {
	readonly counters: TrackerCounters = newTrackerCounters();
	readonly #options: TrackerOptions;
	readonly #hosts: HostTable;
	readonly #pending = new PriorityQueue<Arrival>(compareArrivals);
	readonly #records: FlowMemory;
	/** Slices in which shape found the flows of a pair of host and server ordinary, before there was an incident. */
	readonly #dissents: BoundedMap<TimeSlices>;
	/** Hosts that were seen as the server of a miner. */
	readonly #serving: BoundedMap<true>;
	#coverage: Coverage = NO_COVERAGE;
	/** The highest time that arrived; the time before which everything was taken in; the time reached in taking in. */
	#highest = -Infinity;
	#watermark = -Infinity;
	#now = -Infinity;
	#ceiling = Infinity;
	#nextExpiry = Infinity;
	#events: IncidentEvent[] = [];
	#updated = new Set<IncidentState>();
	#forgotten: string[] = [];
	#sightings: { incident: string; sighting: Sighting }[] = [];
	#hits = new Map<string, { count: number; last: number }>();

	constructor(options: Partial<TrackerOptions> = {}, snapshot?: TrackerSnapshot) {
		this.#options = { ...TRACKER_DEFAULTS, ...options };
		this.#hosts = new HostTable(this.#options);
		this.#records = new FlowMemory(this.#options.mostRecords, snapshot?.records);
		this.#dissents = new BoundedMap(this.#options.mostPairs, structuredClone(snapshot?.dissents ?? []));
		const serving = snapshot?.serving.map((key): [string, true] => [key, true]);
		this.#serving = new BoundedMap(this.#options.mostPairs, serving);
		if (snapshot === undefined) return;
		this.#highest = snapshot.highest ?? -Infinity;
		this.#watermark = snapshot.watermark ?? -Infinity;
		this.#now = snapshot.now ?? -Infinity;
		for (const state of snapshot.incidents) this.#hosts.add(structuredClone(state));
		for (const arrival of snapshot.pending) this.#pending.push(arrival);
	}

	get openIncidents(): number {
		return this.#hosts.openCount;
	}

	/** Arrivals that wait for older ones. */
	get pending(): number {
		return this.#pending.size;
	}

	add(sighting: Sighting): void {
		this.counters.sightings++;
		const { begin } = sighting;
		const at = this.#admit(sighting.at);
		if (at === undefined || !Number.isFinite(begin)) this.counters.malformed++;
		else
			this.#arrive({ at, sighting: at === sighting.at ? sighting : { ...sighting, at, begin: Math.min(begin, at) } });
	}

	dissent(dissent: Dissent): void {
		this.counters.dissents++;
		const at = this.#admit(dissent.at);
		if (at === undefined) this.counters.malformed++;
		else this.#arrive({ at, dissent });
	}

	/** Nothing older than `watermark` will come any more: what waited is taken in, what is due happens. */
	advance(watermark: number): void {
		if (!(watermark > this.#watermark)) return;
		this.#watermark = watermark;
		this.#run(watermark, watermark);
	}

	/** Times later than `at` are taken for `at`: one exporter with a wrong clock must not close all incidents. */
	setCeiling(at: number): void {
		this.#ceiling = at;
	}

	/** The inputs have ended: takes in all that waited, without closing what may go on. */
	flush(): void {
		this.#run(Infinity, this.#highest);
	}

	/** Applies at once, to open incidents too. What the old list covered and the new one does not is told as `opened`. */
	setCoverage(coverage: Coverage): void {
		const before = this.#coverage;
		this.#coverage = coverage;
		this.#reviewCoverage(before);
	}

	/** Closes an open incident early, on an operator's word; false if there is none. A later sighting reopens it. */
	close(id: string, words: string): boolean {
		for (const state of this.#hosts.states()) {
			if (state.id !== id || !state.isOpen) continue;
			this.#closeEarly(state, words);
			return true;
		}
		return false;
	}

	/** What happened since the last call. */
	take(): TrackerOutput {
		const updated = [...this.#updated].map((state) => ({ incident: incidentOf(state), state }));
		const output = {
			events: this.#events,
			updated,
			forgotten: this.#forgotten,
			sightings: this.#sightings,
			hits: this.#hits,
			now: finite(this.#now),
		};
		this.#events = [];
		this.#updated = new Set();
		this.#forgotten = [];
		this.#sightings = [];
		this.#hits = new Map();
		return output;
	}

	/** Everything that a new tracker needs to go on. Plain data; what `take` would give is not part of it. */
	snapshot(): TrackerSnapshot {
		return structuredClone({
			version: SNAPSHOT_VERSION,
			highest: finite(this.#highest),
			watermark: finite(this.#watermark),
			now: finite(this.#now),
			incidents: [...this.#hosts.states()],
			pending: [...this.#pending.items()],
			records: this.#records.entries(),
			dissents: this.#dissents.entries(),
			serving: this.#serving.entries().map(([key]) => key),
		});
	}

	#admit(at: number): number | undefined {
		if (!Number.isFinite(at)) return undefined;
		if (at <= this.#ceiling) return at;
		this.counters.fromTheFuture++;
		return this.#ceiling;
	}

	#arrive(arrival: Arrival): void {
		if (arrival.at > this.#highest) this.#highest = arrival.at;
		if (arrival.at < this.#watermark) {
			this.counters.late++;
			this.#takeIn(arrival);
		} else if (arrival.sighting && this.#options.isUrgent?.(arrival.sighting)) this.#takeIn(arrival);
		else this.#pending.push(arrival);
		this.advance(this.#highest - this.#options.lateness);
		while (this.#pending.size > this.#options.mostPending) {
			this.counters.hurried++;
			this.#takeNext();
		}
	}

	/** Takes in what arrived before `until` and lets happen what is due before `dueUntil`, in the order of time. */
	#run(until: number, dueUntil: number): void {
		for (;;) {
			const arrival = this.#pending.peek();
			const due = Math.min(this.#hosts.next().due, this.#nextExpiry);
			if (arrival !== undefined && arrival.at < until && arrival.at <= due) this.#takeIn(this.#pending.pop()!);
			else if (due < dueUntil) this.#happen();
			else return;
		}
	}

	#takeNext(): void {
		const at = this.#pending.peek()!.at;
		while (Math.min(this.#hosts.next().due, this.#nextExpiry) < at) this.#happen();
		this.#takeIn(this.#pending.pop()!);
	}

	#happen(): void {
		const { kind, due } = this.#hosts.next();
		if (this.#nextExpiry <= due) {
			this.#now = Math.max(this.#now, this.#nextExpiry);
			this.#reviewCoverage(this.#coverage);
			return;
		}
		this.#now = Math.max(this.#now, due);
		const state = this.#hosts.pop(kind)!;
		if (kind === "close") this.#close(state, this.#quietSince(state), []);
		else if (kind === "remind") this.#remind(state, due);
		else this.#forget(state);
	}

	#takeIn({ at, sighting, dissent }: Arrival): void {
		if (sighting) this.#see(sighting);
		else this.#weigh(dissent);
		this.#now = Math.max(this.#now, at);
	}

	#see(sighting: Sighting): void {
		const amounts = this.#records.count(sighting);
		if (amounts === undefined) {
			this.counters.duplicates++;
			return;
		}
		const subjectMines = this.#subjectMines(sighting);
		const host = this.#hostOf(subjectMines ? sighting.miner.address : sighting.pool.address, sighting.domain);
		const occasion = this.#incidentFor(host, sighting);
		const pool = this.#count(occasion, sighting, amounts, subjectMines);
		this.#settle(occasion, pool, sighting.at);
		this.#sightings.push({ incident: occasion.state.id, sighting });
		if (subjectMines) this.#noteServer(sighting);
		while (this.#hosts.openCount > this.#options.mostOpen) {
			this.counters.closedEarly++;
			this.#closeEarly(this.#hosts.pop("close")!, "closed early: too many incidents are open");
		}
	}

	/** The subject is the end in our networks where that tells, else the miner's end. */
	#subjectMines({ miner, pool }: Sighting): boolean {
		const { isOurs } = this.#options;
		return isOurs === undefined || isOurs(miner.address) || !isOurs(pool.address);
	}

	#hostOf(address: string, domain: string | undefined): Host {
		const network = this.#options.networkName?.(address);
		return { address, ...(domain !== undefined && { domain }), ...(network !== undefined && { network }) };
	}

	#incidentFor(host: Host, sighting: Sighting): Occasion {
		const known = this.#hosts.find(host, sighting.at);
		const waitsFrom = this.#waitsFrom(sighting.at);
		if (known === undefined) {
			const state = newIncidentState(host, sighting);
			state.quietUntil = waitsFrom + this.#options.closeAfter;
			state.remindAt = waitsFrom + this.#options.remindEvery;
			this.#hosts.add(state);
			return { state, kind: "opened", news: [] };
		}
		known.lastSeen = Math.max(known.lastSeen, sighting.at);
		known.quietUntil = Math.max(known.quietUntil, waitsFrom + this.#options.closeAfter);
		if (known.isOpen) return { state: known, news: [] };
		known.remindAt = Math.max(known.remindAt, waitsFrom + this.#options.remindEvery);
		this.#hosts.reopen(known);
		return { state: known, kind: "reopened", news: [] };
	}

	/** From when an incident seen at `at` waits. One of the past, read late, waits from now on: its next sightings follow. */
	#waitsFrom(at: number): number {
		return Math.max(at, this.#now);
	}

	#count(occasion: Occasion, sighting: Sighting, amounts: Amounts, subjectMines: boolean): PoolState {
		const { state, news } = occasion;
		const roleBefore = roleOf(state);
		if (subjectMines) state.mines = true;
		else state.serves = true;
		if (this.#serving.has(hostKey(state.host.address, state.host.domain))) state.serves = true;
		if (roleOf(state) !== roleBefore) news.push(`role ${roleOf(state)}`);
		const { pool, isNew } = poolStateOf(state, poolKey(sighting), sighting);
		if (isNew) news.push(`pool ${pool.key}`);
		const endpointsBefore = pool.endpoints.length;
		news.push(...learnFrom(pool, sighting, amounts.isNew));
		if (subjectMines && (isNew || pool.endpoints.length > endpointsBefore)) {
			const key = this.#pairKey(state.host, endpointKey(sighting.pool));
			const dissents = this.#dissents.get(key);
			if (dissents) addSlices(pool.slices, dissents);
			this.#dissents.delete(key);
		}
		const agrees = shapeVerdict(sighting);
		if (agrees !== undefined && this.#records.judgeOnce(sighting)) countJudged(pool.slices, sighting.at, agrees);
		for (const sum of [state, pool]) {
			if (amounts.isNew) sum.flows++;
			sum.packets += amounts.packets;
			sum.bytesToPool += amounts.bytesToPool;
			sum.bytesToMiner += amounts.bytesToMiner;
		}
		addInput(state, sighting.input);
		return pool;
	}

	/** Confidence, coverage and growth after a sighting; at most one event tells them all. */
	#settle(occasion: Occasion, pool: PoolState, at: number): void {
		const { state } = occasion;
		const confidence = raisedConfidence(state, pool);
		const rose = confidence !== state.confidence;
		state.confidence = confidence;
		const uncovered = this.#cover(state, at, this.#coverage);
		const grown = state.flows >= state.growsAt;
		while (state.flows >= state.growsAt) state.growsAt *= 2;
		for (const id of state.allowedBy) {
			this.#hits.set(id, { count: (this.#hits.get(id)?.count ?? 0) + 1, last: at });
		}
		if (occasion.kind !== undefined) this.#tell({ state, kind: occasion.kind, news: [] }, at);
		else if (uncovered) this.#tell({ state, kind: "opened", news: [uncovered] }, at);
		else if (rose) this.#tell({ ...occasion, kind: "escalated" }, at);
		else if (occasion.news.length > 0) this.#tell({ ...occasion, kind: "changed" }, at);
		else if (grown) this.#tell({ ...occasion, kind: "grown" }, at);
		this.#updated.add(state);
	}

	/** Asks the allowlist. If the incident was covered and is not any more, the words that name the old entry. */
	#cover(state: IncidentState, at: number, before: Coverage): string | undefined {
		if (this.#coverage === NO_COVERAGE && state.allowedBy.length === 0) return undefined;
		const covering = this.#coverage.coveredBy({ ...state, furtherPools: state.furtherKeys.length }, at);
		const [old] = state.allowedBy;
		if (covering.join() !== state.allowedBy.join()) {
			state.allowedBy = covering;
			this.#updated.add(state);
		}
		if (old === undefined || covering.length > 0) return undefined;
		return `allowlist entry "${before.describe(old) ?? this.#coverage.describe(old) ?? old}" no longer covers it`;
	}

	#reviewCoverage(before: Coverage): void {
		const open = [...this.#hosts.states()].filter(({ isOpen }) => isOpen);
		open.sort((a, b) => a.opened - b.opened || (a.id < b.id ? -1 : 1));
		for (const state of open) {
			const at = Number.isFinite(this.#now) ? this.#now : state.lastSeen;
			const uncovered = this.#cover(state, at, before);
			if (uncovered) this.#tell({ state, kind: "opened", news: [uncovered] }, at);
		}
		this.#nextExpiry = this.#coverage.nextExpiry(this.#now);
	}

	/** Remembers the pool's end as a server of miners; if that host mines, too, it is a proxy. */
	#noteServer({ pool, domain, at }: Sighting): void {
		this.#serving.set(hostKey(pool.address, domain), true);
		const state = this.#hosts.find(this.#hostOf(pool.address, domain), at);
		if (state === undefined || state.serves || !state.isOpen) return;
		state.serves = true;
		this.#tell({ state, kind: "changed", news: [`role ${roleOf(state)}`] }, at);
	}

	/** An ordinary flow counts against the pool of the host that it belongs to, now or when there is one. */
	#weigh({ at, domain, client, server }: Dissent): void {
		const host = this.#hostOf(client.address, domain);
		const endpoint = endpointKey(server);
		const state = this.#hosts.find(host, at);
		const pool = state?.pools.find(({ endpoints }) => endpoints.includes(endpoint));
		if (state && pool) {
			countJudged(pool.slices, at, false);
			this.#updated.add(state);
			return;
		}
		const key = this.#pairKey(host, endpoint);
		const slices = this.#dissents.get(key) ?? newTimeSlices();
		countJudged(slices, at, false);
		this.#dissents.set(key, slices);
	}

	#pairKey({ address, domain }: Host, endpoint: string): string {
		return `${hostKey(address, domain)}|${endpoint}`;
	}

	#quietSince({ lastSeen }: IncidentState): number {
		return lastSeen + this.#options.closeAfter;
	}

	#closeEarly(state: IncidentState, why: string): void {
		this.#close(state, Math.min(this.#quietSince(state), Math.max(this.#now, state.lastSeen)), [why]);
	}

	#close(state: IncidentState, at: number, news: string[]): void {
		this.#hosts.close(state, at);
		this.#tell({ state, kind: "closed", news }, at);
		while (this.#hosts.closedCount > this.#options.mostClosed) {
			this.counters.forgottenEarly++;
			this.#forget(this.#hosts.pop("forget")!);
		}
	}

	#remind(state: IncidentState, due: number): void {
		state.remindAt = due + this.#options.remindEvery;
		this.#hosts.reschedule(state);
		this.#tell({ state, kind: "reminder", news: [] }, due);
	}

	#forget(state: IncidentState): void {
		this.#hosts.forget(state);
		this.#forgotten.push(state.id);
	}

	#tell(occasion: Occasion & { readonly kind: EventKind }, at: number): void {
		occasion.state.sequence++;
		this.#updated.add(occasion.state);
		this.#events.push(eventOf(occasion, at));
	}
}

/** JSON has no infinity: a time that is not known yet is null. */
function finite(time: number): number | null {
	return Number.isFinite(time) ? time : null;
}
