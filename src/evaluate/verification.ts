import type { Detector } from "../detect/detector.ts";
import type { Verdicts } from "../detect/verdicts.ts";
import { countVerdicts, createVerifyCounts, sumOf, totalOf } from "../evaluate/confusion.ts";
import { originalVerifyText } from "../evaluate/original-verify-text.ts";
import { type VerifyFigures, verifyFigures, verifyTable } from "../evaluate/verify-report.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";

/** Verify mode (`-v`): verdicts held against labels, told as the original tells it under `--compat`, else as our table. */
export class Verification {
	readonly #counts = createVerifyCounts();
	readonly #detector: Detector;
	readonly #modelPath: string;

	constructor(detector: Detector, modelPath: string) {
		this.#detector = detector;
		this.#modelPath = modelPath;
	}

	count(flows: FlowColumns, verdicts: Verdicts): void {
		countVerdicts(this.#counts, flows, verdicts);
	}

	/** Whether flows were judged, but none of them had a label that says something. */
	get sawNoLabel(): boolean {
		return this.#counts.unlabelled > 0 && totalOf(sumOf(this.#counts.paths)) === 0;
	}

	figures(): VerifyFigures {
		return verifyFigures(this.#counts);
	}

	text(): string {
		const { options, thresholds } = this.#detector;
		if (options.compat === undefined) return verifyTable(this.#counts);
		return originalVerifyText(this.#counts, {
			dstThreshold: thresholds.dst,
			mlThreshold: thresholds.ml,
			modelPath: this.#modelPath,
			cache: options.cache,
			filter: options.filter,
		});
	}
}
