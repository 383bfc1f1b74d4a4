import { isMap, isPair, parseDocument, Scalar, visit } from "yaml";
import { kindOfAddress } from "../input/input-kinds.ts";
import type { PipelineStatus } from "../run/pipeline-status.ts";
import type { DaemonStatus } from "../server/api-types.ts";
import type { DaemonParts } from "./daemon-parts.ts";
import { dropsAndFaults } from "./drops.ts";
import { problemsOf } from "./health.ts";

/** How the daemon is: what the web UI and `decrypto ctl status` show. */
export function daemonStatus(daemon: DaemonParts): DaemonStatus {
	const { plan, pipelines, delivery, surroundings, lastReload, figures } = daemon;
	const statuses = pipelines.statuses();
	const { rss, heapUsed } = process.memoryUsage();
	const { mean, p99 } = figures.delay;
	return {
		version: surroundings.version,
		started: daemon.started * 1000,
		inputs: statuses.map((status) => inputStatus(daemon, status)),
		pipelines: statuses.flatMap((status) => pipelineStatus(daemon, status)),
		receivers: delivery.receivers.map((receiver) => {
			const { delivered, failures, dropped, expired, waiting, oldest } = receiver.counters;
			const { kind, format } = receiverKind(daemon, receiver.name);
			return {
				name: receiver.name,
				kind,
				...(format !== undefined && { format }),
				health: receiver.health(),
				...{ delivered, failures, dropped, expired, waiting },
				...(oldest > 0 && { oldest: oldest * 1000 }),
			};
		}),
		memory: { resident: rss, heap: heapUsed },
		eventLoopDelay: { mean: mean * 1000, p99: p99 * 1000 },
		versions: { decrypto: surroundings.version, node: process.versions.node, sqlite: process.versions.sqlite ?? "?" },
		...(lastReload && { reload: { ...lastReload, at: lastReload.at * 1000 } }),
		configuration: { file: plan.source.file, text: withoutSecrets(plan.source.text) },
		problems: problemsOf(daemon),
	};
}

function inputStatus({ rates }: DaemonParts, { input, health, restarts, counters }: PipelineStatus) {
	const { flowsPerSecond, bitsPerSecond } = rates.of(input, performance.now());
	const { drops, malformed } = dropsAndFaults(counters?.source.malformed ?? new Map());
	const kind = kindOfAddress(input);
	return {
		name: input,
		kind: kind?.name ?? "file",
		health,
		flows: counters?.source.flows ?? 0,
		...(kind?.isCapture && { packets: counters?.source.packets ?? 0 }),
		bytes: counters?.source.bytesRead ?? 0,
		flowsPerSecond,
		bitsPerSecond,
		drops: Object.fromEntries(drops),
		malformed: Object.fromEntries(malformed),
		restarts,
	};
}

function pipelineStatus({ figures }: DaemonParts, { input, thread, counters, health }: PipelineStatus) {
	if (thread === undefined) return [];
	const { flows = 0, minerFlows: miners = 0 } = counters?.decided ?? {};
	return [{ input, thread, flows, miners, utilisation: figures.utilisations[thread + 1] ?? 0, health }];
}

const TRANSPORTS = ["file", "stdout", "syslog", "http", "mail", "nats", "trap", "spool"] as const;

function receiverKind(
	{ plan }: DaemonParts,
	name: string,
): { readonly kind: string; readonly format?: string | undefined } {
	const config = plan.configuration.receivers.find((each) => each.name === name);
	if (config === undefined) return { kind: "" };
	return { kind: TRANSPORTS.find((key) => key in config) ?? "", format: config.format };
}

/** Secrets come from files and the environment; only headers of HTTP may be written out. */
function withoutSecrets(text: string): string {
	const document = parseDocument(text);
	visit(document, {
		Pair(_, pair) {
			if (!(pair.key instanceof Scalar) || pair.key.value !== "headers" || !isMap(pair.value)) return;
			for (const header of pair.value.items) {
				if (isPair(header) && header.value instanceof Scalar) header.value.value = "(hidden)";
			}
		},
	});
	return document.toString();
}
