import { DeCryptoError, reasonOf, UsageError } from "../bytes/error.ts";

/** Where in a run something failed. */
export type FailurePlace = "source" | "detector" | "sink";

/** What ended a pipeline or an output. Code, message and details are those of its cause. */
export abstract class RunFailure extends DeCryptoError {
	abstract readonly place: FailurePlace;
	/** The name of the input or output. */
	readonly component: string;

	constructor(component: string, cause: unknown) {
		const known = cause instanceof DeCryptoError ? cause : undefined;
		super(known?.code ?? "failed", reasonOf(cause), known?.details, cause);
		this.name = new.target.name;
		this.component = component;
	}

	/** The caller asked for something impossible. */
	get isUsage(): boolean {
		return this.cause instanceof UsageError;
	}
}

/** An input could not be opened, or not read to its end. */
export class SourceFailure extends RunFailure {
	readonly place = "source";
}

/** The detector could not be made, or threw on a batch: a fault of ours or of the model. */
export class DetectorFailure extends RunFailure {
	readonly place = "detector";
}

/** An output did not take what was written. */
export class SinkFailure extends RunFailure {
	readonly place = "sink";
}

/** What happened in this place of the run, whatever was thrown. */
export function failureAt(place: FailurePlace, component: string, cause: unknown): RunFailure {
	if (cause instanceof RunFailure) return cause;
	if (place === "source") return new SourceFailure(component, cause);
	return place === "sink" ? new SinkFailure(component, cause) : new DetectorFailure(component, cause);
}
