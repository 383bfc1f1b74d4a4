import { UsageError } from "../bytes/error.ts";
import type { Detector } from "../detect/detector.ts";
import { htmlReport } from "../report/html-report/html-report-sink.ts";
import { sha256OfFile } from "../report/html-report/input-record.ts";
import type { VerdictSink } from "../report/verdict-sink.ts";
import type { RunObserver } from "../run/run-observer.ts";
import { programVersion } from "./program-version.ts";

export interface DetectReport {
	readonly sink: VerdictSink;
	/** The observer, with the report looking on: it lists inputs and failures. */
	beside(observer: RunObserver): RunObserver;
}

/** `--report FILE.html`. `modelPath`: the file of the detector's model. */
export async function openDetectReport(path: string, detector: Detector, modelPath: string): Promise<DetectReport> {
	if (!/\.html?$/i.test(path)) throw new UsageError(`--report ${path}: its name must end with .html`);
	const { model, thresholds, options } = detector;
	const report = htmlReport(
		path,
		{
			version: programVersion(),
			command: `decrypto ${process.argv.slice(2).join(" ")}`,
			model: { name: model.card.name, origin: model.card.origin, sha256: (await sha256OfFile(modelPath)) ?? "" },
			thresholds,
			rules: [
				...(options.compat ? [`Flows were judged by the rules of the original detector (${options.compat}).`] : []),
				...(options.conversations
					? ["What shape alone finds counts only if most flows between the two hosts agree (--conversations)."]
					: []),
				...(options.filter ? ["Flows to port 443 without a server name were left out (--filter)."] : []),
				...(options.poolsDecide ? ["An end on the pool list makes a flow a miner (--pools-decide)."] : []),
			],
		},
		Date.now,
	);
	return {
		sink: report.sink,
		beside: (observer) => ({
			inputOpened(name, counters) {
				report.inputOpened(name, counters);
				observer.inputOpened?.(name, counters);
			},
			progressed: () => observer.progressed?.(),
			beforeWrite: () => observer.beforeWrite?.(),
			warned: (line) => observer.warned?.(line),
			failed(failure) {
				report.failed(failure.message);
				observer.failed?.(failure);
			},
			inputEnded: (name, counters) => observer.inputEnded?.(name, counters),
		}),
	};
}
