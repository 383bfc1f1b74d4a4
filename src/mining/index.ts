export { askedName } from "./asked-name.ts";
export { asksOtherwise } from "./asks-otherwise.ts";
export { joinFindings } from "./join-findings.ts";
export { mayBeMining } from "./may-be-mining.ts";
export { type PlainProtocol, plainProtocol } from "./plain-protocol.ts";
export { poolOutcome } from "./pool-outcome.ts";
export { recogniseMining } from "./recognise-mining.ts";
export type { MiningProtocol, PoolOutcome, Recognition } from "./recognition.ts";
