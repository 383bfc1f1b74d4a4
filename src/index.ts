/**
 * DeCrypto as a library: flows from anywhere, verdicts out (`import { … } from "decrypto"`; NEMEA's interfaces are in
 * `decrypto/nemea`).
 *
 * ```ts
 * const detector = createDetector(openModel(DEFAULT_MODEL), DEFAULT_OPTIONS);
 * const memory = createDetectMemory(DEFAULT_OPTIONS);
 * const verdictColumns = new VerdictColumns(DEFAULT_OPTIONS);
 * for await (const flows of meterCapture(openByteSource("capture.pcap"))) {
 *   const verdicts = detect(flows, detector, memory, verdictColumns);
 *   for (const i of verdicts.miners.subarray(0, verdicts.minerCount)) {
 *     console.log(flowAt(flows, i), explain(flows, i, verdicts, detector));
 *   }
 * }
 * ```
 */
export { type ByteSource, byteSourceOf, openByteSource } from "./bytes/byte-source.ts";
export type { Component, Health } from "./bytes/component.ts";
export type { SourceCounters } from "./bytes/counters.ts";
export { DeCryptoError, UsageError } from "./bytes/error.ts";
export { openCsvSource } from "./csv/csv-source.ts";
export { createCsvWriter } from "./csv/csv-writer.ts";
export { openParquetSource } from "./csv/parquet-source.ts";
export { createParquetWriter } from "./csv/parquet-writer.ts";
export { detect } from "./detect/detect.ts";
export { createDetectMemory, createDetector, type DetectMemory, type Detector } from "./detect/detector.ts";
export type { Evidence } from "./detect/evidence.ts";
export { explain } from "./detect/explain.ts";
export type { Explanation } from "./detect/explanation.ts";
export { DEFAULT_CONVERSATIONS, DEFAULT_OPTIONS, type DetectOptions } from "./detect/options.ts";
export type { PoolLookup } from "./detect/pool-lookup.ts";
export { REASON, REASON_NAMES, VerdictColumns, type Verdicts } from "./detect/verdicts.ts";
export { columnsOfFlows } from "./flow/columns-of-flows.ts";
export { type Flow, flowAt } from "./flow/flow.ts";
export type { FlowColumns, ListColumn } from "./flow/flow-columns.ts";
export type { FlowSink } from "./flow/flow-sink.ts";
export type { FlowSource } from "./flow/flow-source.ts";
export { DEFAULT_MODEL } from "./forest/default-model.ts";
export type { Model, ModelCard } from "./forest/model.ts";
export { loadModel, openModel } from "./forest/open-model.ts";
export type { InputKind } from "./input/input-kind.ts";
export type { NamedInput } from "./input/input-list.ts";
export type { InputOptions, OpenedInput } from "./input/input-options.ts";
export { openInput } from "./input/open-input.ts";
export { listenForIpfix } from "./ipfix/ipfix-listener.ts";
export { createIpfixSink } from "./ipfix/ipfix-sink.ts";
export { openIpfixSource } from "./ipfix/ipfix-source.ts";
export { type MeterCaptureOptions, meterCapture } from "./meter/meter-capture.ts";
export { type Recognition, recogniseMining } from "./mining/index.ts";
export { openPoolTable, type PoolTable } from "./pool/pool-lookup.ts";
export type { DecidedBatch, VerdictSink } from "./report/verdict-sink.ts";
export { Decider } from "./run/decider.ts";
export { DetectorFailure, RunFailure, SinkFailure, SourceFailure } from "./run/failure.ts";
export { LocalPipeline } from "./run/local-pipeline.ts";
export { type Outlet, Outlets } from "./run/outlets.ts";
export type { Pipeline, Stage } from "./run/pipeline.ts";
export type { RunObserver } from "./run/run-observer.ts";
export { runPipeline } from "./run/run-pipeline.ts";
