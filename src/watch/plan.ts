import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inContext, reasonOf } from "../bytes/error.ts";
import { LocatedYamlError } from "../bytes/located-yaml.ts";
import { DEFAULT_CONVERSATIONS, DEFAULT_OPTIONS } from "../detect/options.ts";
import { readAllowlist } from "../incident/allowlist.ts";
import type { AllowlistEntry } from "../incident/allowlist-schema.ts";
import { planReceivers } from "../notify/plan-receivers.ts";
import { readSecret } from "../notify/secret.ts";
import { BUILT_IN_LIST, openPoolTable } from "../pool/pool-lookup.ts";
import { makeDetector } from "../run/detector-recipe.ts";
import type { DecisionOrder } from "../run/pipeline-messages.ts";
import type { PipelineSpec } from "../run/pipeline-status.ts";
import type { ReadConfiguration } from "./configuration.ts";
import type { Configuration } from "./configuration-schema.ts";
import type { InputConfig } from "./input-schema.ts";
import { digestOfFile, withSecretDigests } from "./referenced-files.ts";
import { defaultControlSocket, type Surroundings, stateDirectory } from "./surroundings.ts";

/** All that a configuration comes to, read and checked; nothing runs yet. */
export interface DaemonPlan {
	readonly configuration: Configuration;
	readonly source: ReadConfiguration;
	readonly inputs: readonly Compared<PipelineSpec>[];
	readonly decision: Compared<DecisionOrder>;
	readonly allowlist: Compared<readonly AllowlistEntry[]>;
	/** Names of the receivers; {@link planReceivers} makes them. */
	readonly receivers: readonly Compared<Configuration["receivers"][number]>[];
	readonly storePath: string;
	/** Undefined: none. */
	readonly controlSocket: string | undefined;
}

/** A value, and a text that is the same if and only if nothing about the value changed. */
export interface Compared<T> {
	readonly value: T;
	readonly text: string;
}

/**
 * Reads every file that the configuration names. Throws a `LocatedYamlError` for the first that cannot be used. A detector
 * that is the same as `before` is not tried again.
 */
export function planDaemon(source: ReadConfiguration, surroundings: Surroundings, before?: DaemonPlan): DaemonPlan {
	const { value: configuration } = source;
	const { store, control } = configuration;
	const located: Locate = (path, work) => locate(source, path, work);
	const inputs = configuration.inputs.map((input, i) =>
		located(["inputs", i], () => {
			const spec = pipelineSpec(input, configuration, surroundings);
			const { metering, tls, password } = spec.options;
			return { value: spec, text: textOf([written(source, "inputs", i), metering, tls, password]) };
		}),
	);
	const decision = decisionOf(source, surroundings, located);
	if (decision.text !== before?.decision.text) {
		for (const [i, list] of configuration.detection.pools.entries())
			located(["detection", "pools", i], () => openPoolTable([list]));
		located(["detection", "model"], () => makeDetector(decision.value.recipe));
	}
	const allowlist = allowlistOf(source, located);
	const receivers = configuration.receivers.map((value, i) =>
		located(["receivers", i], () => {
			planReceivers([value], receiverSurroundings(surroundings));
			return { value, text: textOf(withSecretDigests(written(source, "receivers", i), surroundings.environment)) };
		}),
	);
	return {
		configuration,
		source,
		inputs,
		decision,
		allowlist,
		receivers,
		storePath: store.path ?? join(stateDirectory(surroundings), "incidents.db"),
		controlSocket: control.socket === "off" ? undefined : (control.socket ?? defaultControlSocket(surroundings)),
	};
}

/** What receivers need from the process. */
export function receiverSurroundings({ sensor, version, now, stdout, environment }: Surroundings) {
	const { TRAP_SOCKET_DIR } = environment;
	return {
		sender: { sensor, version, now },
		stdout,
		environment,
		...(TRAP_SOCKET_DIR && { socketDirectory: TRAP_SOCKET_DIR }),
	};
}

/** Runs work that the value at the path asks for. */
type Locate = <T>(path: readonly PropertyKey[], work: () => T) => T;

/** A file that the configuration names is at fault: the message says where it is named. */
function locate<T>(source: ReadConfiguration, path: readonly PropertyKey[], work: () => T): T {
	try {
		return work();
	} catch (error) {
		if (error instanceof LocatedYamlError) throw error;
		throw new LocatedYamlError([{ file: source.file, ...source.locate(path), path, message: reasonOf(error) }]);
	}
}

function pipelineSpec(
	input: InputConfig,
	{ metering, detection }: Configuration,
	{ environment }: Surroundings,
): PipelineSpec {
	const { TRAP_SOCKET_DIR } = environment;
	const { active_timeout, inactive_timeout, flow_table, payload_bytes, decapsulate } = metering;
	return {
		input: input.name,
		options: {
			purpose: "detection",
			metering: {
				activeTimeout: active_timeout / 1000,
				inactiveTimeout: inactive_timeout / 1000,
				...(flow_table !== undefined && { maximumFlows: flow_table }),
				payloadBytes: payload_bytes,
				decapsulate,
				handshakes: true,
				vlan: true,
				...(detection.block_times.length > 0 && { pushTimes: true }),
			},
			...(input.bpf !== undefined && { filter: input.bpf }),
			...(input.exporters && { exporters: input.exporters }),
			...(input.password && { password: readSecret(input.password, environment).reveal() }),
			...(input.tls && { tls: tlsFiles(input.tls) }),
			...(TRAP_SOCKET_DIR && { socketDirectory: TRAP_SOCKET_DIR }),
		},
	};
}

function tlsFiles({ certificate, key, authority }: NonNullable<InputConfig["tls"]>) {
	return {
		certificate: textFile(certificate),
		key: textFile(key),
		...(authority !== undefined && { authority: textFile(authority) }),
	};
}

function decisionOf(
	{ value: { detection, networks } }: ReadConfiguration,
	{ defaultModel }: Surroundings,
	located: Locate,
): Compared<DecisionOrder> {
	const { model: name, pools, pools_decide, shape_threshold, name_threshold, conversations } = detection;
	const model = name === "default" ? defaultModel : name;
	const recipe = {
		model,
		options: {
			...DEFAULT_OPTIONS,
			...(shape_threshold !== undefined && { mlThreshold: shape_threshold }),
			...(name_threshold !== undefined && { dstThreshold: name_threshold }),
			...(conversations && { conversations: DEFAULT_CONVERSATIONS }),
			...(pools_decide && { poolsDecide: true }),
		},
		...(pools.length > 0 && { pools }),
		...(networks.ours.length > 0 && { internal: networks.ours.join(",") }),
	};
	const digests = [
		located(["detection", "model"], () => digestOfFile(model)),
		...pools.map((list, i) =>
			located(["detection", "pools", i], () => (list === BUILT_IN_LIST ? "" : digestOfFile(list))),
		),
	];
	const wantsPushes = detection.block_times.length > 0;
	return { value: { recipe, wantsDissents: true, wantsPushes }, text: textOf([recipe, wantsPushes, digests]) };
}

/** Entries of the configuration, then those of files. */
function allowlistOf({ value, written }: ReadConfiguration, located: Locate): Compared<readonly AllowlistEntry[]> {
	const files = value.allowlist_files.map((file, i) =>
		located(["allowlist_files", i], () => {
			const text = textFile(file);
			return { entries: readAllowlist(file, text), text };
		}),
	);
	return {
		value: [...value.allowlist, ...files.flatMap(({ entries }) => entries)],
		text: textOf([written.allowlist, files.map(({ text }) => text)]),
	};
}

function written({ written }: ReadConfiguration, key: string, i: number): unknown {
	return (written[key] as readonly unknown[])[i];
}

function textFile(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch (error) {
		throw inContext(path, error);
	}
}

/** Long texts (certificates, lists) are compared by their digest. */
function textOf(value: unknown): string {
	return createHash("sha256")
		.update(JSON.stringify(value) ?? "")
		.digest("hex");
}
