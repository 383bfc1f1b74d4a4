/**
 * NEMEA for Node.js: TRAP interfaces and UniRec records (`import { … } from "decrypto/nemea"`, docs/nemea-api.md).
 */

export type { ComputedField } from "./encoding-steps.ts";
export { FlowInput, openTrapcap } from "./flow-input.ts";
export { isTrapcap, TRAPCAP_HEAD } from "./hello.ts";
export { type Interface, isInterface, parseInterface, parseSpecifier } from "./interface-specifier.ts";
export type { RecordBatch } from "./record-batch.ts";
export { RecordEncoder } from "./record-encoder.ts";
export type { RecordInput } from "./record-input.ts";
export type { OutputCounters, RecordOutput } from "./record-output.ts";
export { openServiceInterface, type ServiceOptions } from "./service-interface.ts";
export { parseTemplate, type Template, type TemplateField, templateOf, templateText } from "./template.ts";
export { createTrapSink, openInterfaceOutput, openTrapOutput, TrapSink, type TrapSinkOptions } from "./trap-sink.ts";
export {
	openInterfaceInput,
	openTrapInput,
	openTrapSource,
	type TrapInputOptions,
	type TrapSourceOptions,
} from "./trap-source.ts";
