import type { Component } from "../bytes/component.ts";
import type { DaemonParts } from "./daemon-parts.ts";

/** What needs a person's attention, one sentence each. */
export function problemsOf({ pipelines, delivery, store, keeper, lastReload }: DaemonParts): string[] {
	return [
		...pipelines.statuses().flatMap(({ input, health }) => sentence(`input ${input}`, health)),
		...delivery.receivers.flatMap((receiver) => sentence(`receiver ${receiver.name}`, receiver.health())),
		...sentence("store", store.health()),
		...sentence("incidents", keeper.health()),
		...(lastReload?.ok === false ? [`configuration: the changed file was refused: ${lastReload.words}`] : []),
	];
}

/** Why the daemon does not do all of its work: inputs that are not open, a store that is not writable. Empty if it does. */
export function obstaclesOf({ pipelines, store, keeper, isStarted, isStopping }: DaemonParts): string[] {
	const closed = pipelines.statuses().filter(({ state }) => state === "starting" || state === "waiting");
	return [
		...closed.map(
			({ input, state, health }) => `input ${input} is ${state}${health.reason ? `: ${health.reason}` : ""}`,
		),
		...sentence("store", store.health()),
		...sentence("incidents", keeper.health()),
		...(isStarted ? [] : ["the daemon is starting"]),
		...(isStopping ? ["the daemon is stopping"] : []),
	];
}

function sentence(what: string, { state, reason }: ReturnType<Component["health"]>): string[] {
	return state === "ok" ? [] : [`${what}: ${reason ?? state}`];
}
