import type { Health } from "../../bytes/component.ts";
import type { DaemonStatus } from "../api-types.ts";

interface Part {
	readonly name: string;
	readonly health: { readonly state: Health["state"]; readonly reason?: string | undefined };
}

/** What needs attention, one sentence each: the store first, because what it loses is lost. */
export function problemsOf({ inputs, receivers, pipelines, reload, problems }: DaemonStatus, store: Health): string[] {
	const unwell = (kind: string, parts: readonly Part[]) =>
		parts
			.filter(({ health }) => health.state !== "ok")
			.map(({ name, health }) => `${kind} ${name}: ${health.reason ?? health.state}`);
	return [
		...(store.state === "ok" ? [] : [`store: ${store.reason ?? store.state}`]),
		...unwell("input", inputs),
		...unwell(
			"pipeline",
			pipelines.map(({ input, thread, health }) => ({ name: `${thread} of ${input}`, health })),
		),
		...unwell("receiver", receivers),
		...(reload?.ok === false ? [`the configuration was not reloaded: ${reload.words}`] : []),
		...problems,
	];
}
