import type { PayloadEvidence } from "./evidence.ts";
import type { PayloadFinding } from "./payload.ts";

/** The recogniser's finding as evidence. */
export function explainPayload({ direction, protocol, message, excerpt }: PayloadFinding): PayloadEvidence {
	return { signal: "payload", direction, protocol, message, excerpt };
}
