import { ORIGINAL_THRESHOLDS } from "../detect/options.ts";
import { describeModel } from "../forest/describe-model.ts";
import { openModel } from "../forest/open-model.ts";
import type { ModelStatus } from "../server/api-types.ts";
import type { DaemonView } from "../server/daemon-view.ts";
import type { DaemonParts } from "./daemon-parts.ts";
import { obstaclesOf } from "./health.ts";
import { receiverSurroundings } from "./plan.ts";
import { digestOfFile } from "./referenced-files.ts";
import { daemonStatus } from "./status.ts";

/** What the web server sees of the daemon. */
export function daemonView(daemon: DaemonParts): DaemonView {
	const { store, surroundings } = daemon;
	let described: { readonly text: string; readonly status: ModelStatus } | undefined;
	return {
		sender: receiverSurroundings(surroundings).sender,
		store,
		status: () => daemonStatus(daemon),
		model() {
			const { text } = daemon.plan.decision;
			if (described?.text !== text) described = { text, status: modelStatus(daemon) };
			return described.status;
		},
		allowlist: () => daemon.allowlist.current,
		allowlistChanged: () => daemon.allowlistChanged(),
		closeIncident: (id, words) => daemon.keeper.closeIncident(id, words),
		subscribe: (listener) => daemon.subscribe(listener),
		testReceivers: (name) => daemon.delivery.test(name),
		get prober() {
			return daemon.probes.prober;
		},
		blockTimes: (coin, from, until) => daemon.blockTimes.watch.blocks(coin, from, until),
		readiness: () => obstaclesOf(daemon),
		metrics: () => daemon.metrics(),
	};
}

function modelStatus({ plan, detectorLoaded }: DaemonParts): ModelStatus {
	const { model: file, options } = plan.decision.value.recipe;
	const { card, trees, features, thresholds } = describeModel(openModel(file));
	const { ml, dst } = thresholds ?? ORIGINAL_THRESHOLDS;
	return {
		card,
		file,
		sha256: digestOfFile(file),
		loaded: detectorLoaded * 1000,
		trees,
		features: features.map(({ name, importance }) => ({ name, importance })),
		thresholds: { ml: options.mlThreshold ?? ml, dst: options.dstThreshold ?? dst },
	};
}
