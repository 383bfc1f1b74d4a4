import type { DaemonPlan } from "./plan.ts";

/** What would run, for `decrypto watch --check`. */
export function checkText(plan: DaemonPlan): string {
	const { configuration, source, inputs, receivers, decision, allowlist, storePath, controlSocket } = plan;
	const { listen } = configuration.metrics;
	const { recipe } = decision.value;
	const lines = [
		`${source.file}: valid`,
		...(inputs.length === 0 ? ["inputs      none: nothing would be watched"] : []),
		...inputs.map(({ value: { input, options } }) => {
			return `input       ${input}${options.filter === undefined ? "" : ` (${options.filter})`}`;
		}),
		`model       ${recipe.model}`,
		...(recipe.pools === undefined ? [] : [`pools       ${recipe.pools.join(", ")}`]),
		`ours        ${recipe.internal ?? "no networks: which end mines is told by the traffic alone"}`,
		`allowlist   ${allowlist.value.length} entries`,
		`store       ${storePath}`,
		...(receivers.length === 0 ? ["receivers   none: nobody would be notified"] : []),
		...receivers.map(({ value }) => `receiver    ${value.name}`),
		`metrics     ${listen === undefined ? "off" : `http://${hostText(listen.host)}:${listen.port}/metrics`}`,
		`web         ${configuration.web === "off" ? "off" : `http${configuration.web.tls ? "s" : ""}://${configuration.web.listen}/`}`,
		`control     ${controlSocket ?? "off"}`,
	];
	return `${lines.join("\n")}\n`;
}

/** What a person should do next, where the configuration leaves something out. */
export function nextSteps({ inputs, receivers, source }: DaemonPlan): string[] {
	const steps = [];
	if (inputs.length === 0) {
		steps.push(
			`no inputs are configured: nothing is watched. Add some to ${source.file} (decrypto watch --example shows how), then run decrypto ctl reload`,
		);
	} else if (receivers.length === 0) {
		steps.push(
			`no receivers are configured: incidents are stored, and nobody is notified (decrypto ctl incidents lists them)`,
		);
	}
	return steps;
}

function hostText(host: string): string {
	return host.includes(":") ? `[${host}]` : host;
}
