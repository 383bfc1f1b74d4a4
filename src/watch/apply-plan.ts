import type { Log } from "../bytes/log.ts";
import type { Delivery } from "../notify/delivery.ts";
import { planReceivers } from "../notify/plan-receivers.ts";
import type { DecisionOrder } from "../run/pipeline-messages.ts";
import type { PipelineSpec } from "../run/pipeline-status.ts";
import type { Pipelines } from "../run/pipelines.ts";
import type { ListenAddress } from "../server/listen-address.ts";
import type { WebConfig } from "../server/web-schema.ts";
import type { WebServer } from "../server/web-server.ts";
import type { AllowlistBook } from "./allowlist-book.ts";
import type { BlockTimeClocks } from "./block-time-clocks.ts";
import type { IncidentKeeper } from "./incident-keeper.ts";
import type { Listening } from "./listening.ts";
import type { MetricsEndpoint } from "./metrics-endpoint.ts";
import { type DaemonPlan, receiverSurroundings } from "./plan.ts";
import type { PlanDifference } from "./plan-difference.ts";
import type { Probes } from "./probes.ts";
import type { Surroundings } from "./surroundings.ts";
import { trackerOptions } from "./tracker-options.ts";

/** The parts of a daemon that go by its configuration. */
export interface ConfiguredParts {
	readonly log: Log;
	readonly surroundings: Surroundings;
	readonly delivery: Delivery;
	readonly keeper: IncidentKeeper;
	readonly pipelines: Pipelines;
	readonly allowlist: AllowlistBook;
	readonly blockTimes: BlockTimeClocks;
	readonly probes: Probes;
	readonly metrics: Listening<ListenAddress, MetricsEndpoint>;
	readonly web: Listening<WebConfig, WebServer>;
	decideBy(decision: DecisionOrder): Promise<void>;
}

/** The plan of a daemon that has just been made. Throws where a listener cannot be opened. */
export async function applyFirstPlan(parts: ConfiguredParts, plan: DaemonPlan): Promise<void> {
	const { configuration, decision, inputs } = plan;
	await parts.metrics.use(configuration.metrics.listen);
	parts.probes.use(configuration);
	await parts.blockTimes.use(configuration.detection.block_times);
	await parts.decideBy(decision.value);
	parts.delivery.add(planReceivers(configuration.receivers, receiverSurroundings(parts.surroundings)));
	await abandonOutbox(parts);
	for (const { value } of inputs) parts.pipelines.add(withWarnings(value, parts.log));
	await parts.web.use(webOf(configuration));
}

/** What may fail comes first, and is undone if a later part fails: then nothing has changed, and the error is thrown. */
export async function applyDifference(
	parts: ConfiguredParts,
	{ inputs, receivers, ...difference }: PlanDifference,
	[before, next]: readonly [DaemonPlan, DaemonPlan],
): Promise<void> {
	const { configuration } = next;
	const names = new Set([...receivers.added, ...receivers.changed]);
	const wanted = configuration.receivers.filter(({ name }) => names.has(name));
	const plans = planReceivers(wanted, receiverSurroundings(parts.surroundings));
	await applyFallible(parts, difference, [before, next]);
	// An event while a receiver is replaced would not be in its outbox.
	await parts.keeper.betweenWrites(async () => {
		await parts.delivery.remove([...receivers.removed, ...receivers.changed]);
		parts.delivery.add(plans);
		if (receivers.removed.length > 0) await abandonOutbox(parts);
	});
	if (difference.log) parts.log.options = { ...parts.log.options, ...configuration.log };
	if (difference.probes) parts.probes.use(configuration);
	if (difference.blockTimes) await parts.blockTimes.use(configuration.detection.block_times);
	if (difference.incidents) await parts.keeper.setOptions(trackerOptions(configuration));
	if (difference.allowlist) await parts.keeper.setCoverage(await parts.allowlist.configure(next.allowlist.value));
	await Promise.all([...inputs.removed, ...inputs.changed].map((name) => parts.pipelines.remove(name)));
	const started = new Set([...inputs.added, ...inputs.changed]);
	for (const { value } of next.inputs)
		if (started.has(value.input)) parts.pipelines.add(withWarnings(value, parts.log));
}

async function applyFallible(
	parts: ConfiguredParts,
	difference: Pick<PlanDifference, "decision" | "metrics" | "web">,
	[before, next]: readonly [DaemonPlan, DaemonPlan],
): Promise<void> {
	const steps: [isChanged: boolean, use: (plan: DaemonPlan) => Promise<void>][] = [
		[difference.decision, ({ decision }) => parts.decideBy(decision.value)],
		[difference.metrics, ({ configuration }) => parts.metrics.use(configuration.metrics.listen)],
		[difference.web, ({ configuration }) => parts.web.use(webOf(configuration))],
	];
	const undo: (() => Promise<void>)[] = [];
	try {
		for (const [isChanged, use] of steps) {
			if (!isChanged) continue;
			await use(next);
			undo.unshift(() => use(before));
		}
	} catch (error) {
		for (const restore of undo) await restore();
		throw error;
	}
}

/** Nobody will ever deliver what waits for receivers that are not configured any more. */
async function abandonOutbox({ delivery, log }: ConfiguredParts): Promise<void> {
	for (const [name, count] of await delivery.abandonOthers()) {
		const words = `${name} is not configured any more: ${count} notifications that waited for it are dropped`;
		log.warn("receiver", words, { receiver: name });
	}
}

/** Live inputs tell what a person should know while they go on. */
function withWarnings(spec: PipelineSpec, log: Log): PipelineSpec {
	const warn = (line: string): void => log.warn("input", line, { input: spec.input });
	return { ...spec, options: { ...spec.options, warn } };
}

function webOf({ web }: DaemonPlan["configuration"]): WebConfig | undefined {
	return web === "off" ? undefined : web;
}
