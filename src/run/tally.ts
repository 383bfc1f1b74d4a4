import { REASON } from "../detect/verdicts.ts";
import { ADDRESS_LENGTH } from "../flow/address.ts";
import type { Totals } from "../report/totals.ts";
import type { DecidedBatch } from "../report/verdict-sink.ts";
import type { PipelineCounters } from "./pipeline.ts";

/** Distinct miners that are counted; from then on the figure stays. */
const MOST_HOSTS = 1_000_000;
/** Warnings that the totals list. */
const MOST_WARNINGS = 1000;

/** What a run comes to, counted as it goes, in bounded memory. */
export class Tally {
	readonly #started = performance.now();
	readonly #hosts = new Set<string>();
	readonly #countsHosts: boolean;
	readonly #malformed = new Map<string, number>();
	readonly #warnings: string[] = [];
	#warningsLeftOut = 0;
	#inputs = 0;
	#packets = 0;
	#flows = 0;
	#minerFlows = 0;
	#notJudgedByShape = 0;

	/** `countsHosts`: which end mines takes another look at every miner flow, for a figure of the totals. */
	constructor(countsHosts: boolean) {
		this.#countsHosts = countsHosts;
	}

	decided({ flows, verdicts, reported, explain }: DecidedBatch): void {
		if (!this.#countsHosts) return;
		for (const i of reported) {
			if (verdicts.reasons[i] === REASON.NONE || this.#hosts.size >= MOST_HOSTS) continue;
			const at = i * 32 + (explain(i).minerIsSource ? 0 : ADDRESS_LENGTH);
			this.#hosts.add(
				Buffer.from(flows.addresses.buffer, flows.addresses.byteOffset + at, ADDRESS_LENGTH).toString("latin1"),
			);
		}
	}

	inputEnded({ source, decided }: PipelineCounters): void {
		this.#inputs++;
		this.#packets += source.packets;
		this.#flows += decided.flows;
		this.#minerFlows += decided.minerFlows;
		this.#notJudgedByShape += decided.notJudgedByShape;
		for (const warning of source.warnings) {
			if (this.#warnings.length < MOST_WARNINGS) this.#warnings.push(warning);
			else this.#warningsLeftOut++;
		}
		for (const [reason, times] of source.malformed)
			this.#malformed.set(reason, (this.#malformed.get(reason) ?? 0) + times);
	}

	totals(): Totals {
		const leftOut = this.#warningsLeftOut;
		return {
			inputs: this.#inputs,
			packets: this.#packets,
			flows: this.#flows,
			miner_flows: this.#minerFlows,
			mining_hosts: this.#hosts.size,
			not_judged_by_shape: this.#notJudgedByShape,
			seconds: (performance.now() - this.#started) / 1000,
			malformed: Object.fromEntries(this.#malformed),
			warnings: leftOut === 0 ? this.#warnings : [...this.#warnings, `${leftOut} further warnings`],
		};
	}
}
