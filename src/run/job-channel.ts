import type { PipelineReport } from "./pipeline-messages.ts";

/** The reports of one job, in their order, between the thread's messages and who waits for them. */
export class JobChannel {
	readonly #reports: PipelineReport[] = [];
	#failure: Error | undefined;
	#wake = (): void => {};

	push(report: PipelineReport): void {
		this.#reports.push(report);
		this.#wake();
	}

	/** Nothing more will come: what came before is still given, then the error is thrown. */
	fail(error: Error): void {
		this.#failure ??= error;
		this.#wake();
	}

	async next(): Promise<PipelineReport> {
		for (;;) {
			const report = this.#reports.shift();
			if (report !== undefined) return report;
			if (this.#failure) throw this.#failure;
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
	}
}
