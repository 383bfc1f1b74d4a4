import { REASON_NAMES } from "../detect/verdicts.ts";
import type { PipelineStatus } from "../run/pipeline-status.ts";
import type { DaemonParts } from "./daemon-parts.ts";
import { dropsAndFaults } from "./drops.ts";
import type { MetricRegistry, Sample } from "./metric-registry.ts";

/** Counters of an input begin again at 0 when it is started again, as Prometheus expects of counters. */
export function addInputMetrics(registry: MetricRegistry, { pipelines, rates }: DaemonParts): void {
	const forEach = (read: (status: PipelineStatus) => number) => (): Sample[] =>
		pipelines.statuses().map((status) => [{ input: status.input }, read(status)]);
	const gauge = (name: string, help: string, read: (status: PipelineStatus) => number) =>
		registry.gauge(name, help, ["input"], forEach(read));
	const counter = (name: string, help: string, read: (status: PipelineStatus) => number) =>
		registry.counter(name, help, ["input"], forEach(read));
	gauge("decrypto_input_up", "1 while the input is open and works", ({ state, health }) =>
		state === "running" && health.state !== "failed" ? 1 : 0,
	);
	gauge("decrypto_input_idle_seconds", "Time since the input last brought anything", ({ input }) => {
		return rates.of(input, performance.now()).idle;
	});
	counter("decrypto_input_restarts_total", "Starts after a failure", ({ restarts }) => restarts);
	counter("decrypto_input_packets_total", "Packets read", ({ counters }) => counters?.source.packets ?? 0);
	counter("decrypto_input_flows_total", "Flows read or metered", ({ counters }) => counters?.source.flows ?? 0);
	counter("decrypto_input_bytes_total", "Bytes read", ({ counters }) => counters?.source.bytesRead ?? 0);
	counter("decrypto_decided_flows_total", "Flows that were judged", ({ counters }) => counters?.decided.flows ?? 0);
	counter("decrypto_not_judged_by_shape_total", "Flows judged by payload and name only", ({ counters }) => {
		return counters?.decided.notJudgedByShape ?? 0;
	});
	addBreakdowns(registry, pipelines);
}

function addBreakdowns(registry: MetricRegistry, pipelines: DaemonParts["pipelines"]): void {
	const losses = (part: "drops" | "malformed", label: string) => (): Sample[] =>
		pipelines.statuses().flatMap(({ input, counters }) => {
			const byName = dropsAndFaults(counters?.source.malformed ?? new Map())[part];
			return [...byName].map(([name, times]): Sample => [{ input, [label]: name }, times]);
		});
	const dropped = "Records lost for lack of room";
	registry.counter("decrypto_input_drops_total", dropped, ["input", "place"], losses("drops", "place"));
	const malformed = "Packets, records or messages that could not be used";
	registry.counter("decrypto_input_malformed_total", malformed, ["input", "reason"], losses("malformed", "reason"));
	const miners = "Flows found to be mining, by the signal that decided";
	registry.counter("decrypto_miner_flows_total", miners, ["input", "signal"], () =>
		pipelines.statuses().flatMap(({ input, counters }) =>
			(counters?.decided.byReason ?? []).flatMap((flows, reason): Sample[] => {
				return reason === 0 ? [] : [[{ input, signal: REASON_NAMES[reason]! }, flows]];
			}),
		),
	);
}
