/** Judged flows of one host and server in one time slice. */
interface Slice {
	readonly slice: number;
	agreeing: number;
	disagreeing: number;
}

/**
 * Time slices in which shape judged flows of one host and server. Only the newest slices are kept apart; older ones are sums.
 * Plain and mutable: part of a tracker's snapshot.
 */
export interface TimeSlices {
	recent: Slice[];
	olderJudged: number;
	olderAgreeing: number;
}

/** Microseconds: the default active timeout of exporters, so that one slice holds about one record per connection. */
export const SLICE_LENGTH = 300e6;

/** Flows that come later than this many slices no longer change the verdict of their slice. */
const RECENT_SLICES = 8;

export function newTimeSlices(): TimeSlices {
	return { recent: [], olderJudged: 0, olderAgreeing: 0 };
}

/** Counts one judged flow that ended `at` (microseconds). */
export function countJudged(slices: TimeSlices, at: number, agrees: boolean): void {
	const number = Math.floor(at / SLICE_LENGTH);
	let found = slices.recent.find(({ slice }) => slice === number);
	if (found === undefined) {
		const oldest = slices.recent[0];
		if (slices.recent.length >= RECENT_SLICES && oldest !== undefined && number < oldest.slice) return;
		found = { slice: number, agreeing: 0, disagreeing: 0 };
		slices.recent.push(found);
		slices.recent.sort((a, b) => a.slice - b.slice);
	}
	if (agrees) found.agreeing++;
	else found.disagreeing++;
	if (slices.recent.length <= RECENT_SLICES) return;
	const past = slices.recent.shift()!;
	slices.olderJudged++;
	if (isAgreeing(past)) slices.olderAgreeing++;
}

/** A slice agrees if at least half of its judged flows do. */
function isAgreeing({ agreeing, disagreeing }: Slice): boolean {
	return agreeing >= disagreeing;
}

export function judgedSlices({ recent, olderJudged }: TimeSlices): number {
	return olderJudged + recent.length;
}

export function agreeingSlices({ recent, olderAgreeing }: TimeSlices): number {
	return olderAgreeing + recent.filter(isAgreeing).length;
}

/** Adds what was counted elsewhere about the same host and server. */
export function addSlices(slices: TimeSlices, others: TimeSlices): void {
	slices.olderJudged += others.olderJudged;
	slices.olderAgreeing += others.olderAgreeing;
	for (const { slice, agreeing, disagreeing } of others.recent) {
		for (let i = 0; i < agreeing; i++) countJudged(slices, slice * SLICE_LENGTH, true);
		for (let i = 0; i < disagreeing; i++) countJudged(slices, slice * SLICE_LENGTH, false);
	}
}
