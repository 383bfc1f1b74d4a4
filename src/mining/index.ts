export { mayBeMining } from "./may-be-mining.ts";
export { recogniseMining } from "./recognise-mining.ts";
export type { MiningProtocol, Recognition } from "./recognition.ts";
