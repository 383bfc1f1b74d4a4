import { z } from "zod";
import { reasonOf } from "../bytes/error.ts";
import { LOG_FORMATS, LOG_LEVELS } from "../bytes/log.ts";
import { allowlistSchema } from "../incident/allowlist-schema.ts";
import { parseBlockTimeSource } from "../mining/block-clock/block-time-source.ts";
import { duration, size } from "../notify/quantity-schemas.ts";
import { receiversSchema } from "../notify/receiver-schema.ts";
import { webSchema } from "../server/web-schema.ts";
import { inputSchema } from "./input-schema.ts";
import { metricsAddress } from "./listen-address.ts";
import { network } from "./network-schema.ts";
import { probeSchema } from "./probe-schema.ts";

const path = z.string().min(1);
const probability = z
	.number()
	.min(0, { error: "expected a probability from 0 to 1" })
	.max(1, { error: "expected a probability from 0 to 1" });

const networks = z
	.strictObject({
		ours: z.array(network).default([]).describe("Networks that are ours: incidents are about hosts in them"),
		names: z.record(network, z.string().min(1)).default({}).describe("Names of networks; the longest prefix counts"),
	})
	.prefault({});

const metering = z
	.strictObject({
		active_timeout: duration.prefault("5m").describe("A flow that goes on is reported after this time"),
		inactive_timeout: duration.prefault("30s").describe("A flow that is silent for this time has ended"),
		flow_table: z.int().min(1).optional().describe("Flows metered at a time, per input; memory follows from it"),
		payload_bytes: z
			.int()
			.min(0)
			.max(65_535)
			.default(512)
			.describe("First payload of each direction that is looked at"),
		decapsulate: z.boolean().default(false).describe("Open IP in IP, 6in4, GRE, ERSPAN, VXLAN, GTP-U and Teredo"),
	})
	.prefault({});

const blockTimeSource = z
	.string()
	.min(1)
	.superRefine((text, context) => {
		try {
			parseBlockTimeSource(text);
		} catch (error) {
			context.addIssue({ code: "custom", message: reasonOf(error) });
		}
	});

const detection = z
	.strictObject({
		model: path.default("default").describe("A model file, or default for the one that comes with DeCrypto"),
		pools: z
			.array(path)
			.default([])
			.describe("Lists of pools: builtin, and files such as decrypto pools verify writes; the later one counts"),
		pools_decide: z.boolean().default(false).describe("An end on the lists of pools makes a flow a miner"),
		shape_threshold: probability.optional().describe("Probability above which shape alone decides"),
		name_threshold: probability.optional().describe("Combined probability above which a telling server name decides"),
		conversations: z.boolean().default(false).describe("Combine what the flows of a conversation say over time"),
		block_times: z
			.array(blockTimeSource)
			.default([])
			.describe("Clocks of blocks: network, a file of coin,time lines, node:URL, pool:URL; none: no such test"),
	})
	.prefault({});

const incidents = z
	.strictObject({
		close_after: duration.prefault("1h").describe("An incident closes when its host was quiet for this time"),
		reopen_within: duration.prefault("24h").describe("Seen again within this time the same incident reopens"),
		remind_every: duration.prefault("24h").describe("A reminder of an incident that is still open"),
		lateness: duration
			.prefault("5m")
			.describe("Flows by shape or name wait this long for older ones; payload never waits"),
		most_open: z.int().min(1).max(10_000_000).default(100_000).describe("Open incidents; the quietest closes early"),
	})
	.prefault({});

const store = z
	.strictObject({
		path: path.optional().describe("The file of incidents; default: incidents.db in the state directory"),
		keep: duration.prefault("90d").describe("Closed incidents are deleted after this time"),
		size: size.prefault("2GiB").describe("The oldest closed incidents are deleted when the file is larger"),
	})
	.prefault({});

const metrics = z
	.strictObject({
		listen: metricsAddress.prefault("127.0.0.1:9470").describe("Address of /metrics, /healthz and /readyz, or off"),
	})
	.prefault({});

const control = z
	.strictObject({
		socket: path.optional().describe("Socket of decrypto ctl, or off; default: control.sock in the runtime directory"),
	})
	.prefault({});

const log = z
	.strictObject({
		level: z.enum(LOG_LEVELS).default("info"),
		format: z.enum(LOG_FORMATS).default("text"),
	})
	.prefault({});

const shutdown = z
	.strictObject({
		drain: duration.prefault("10s").describe("Time for inputs, and then for receivers, to finish"),
	})
	.prefault({});

/** The configuration of `decrypto watch`. Every key has a default; an empty file is valid and watches nothing. */
export const configurationSchema = z.strictObject({
	inputs: z.array(inputSchema).default([]).superRefine(refuseDuplicates).describe("Where traffic or flows come from"),
	threads: z.int().min(1).max(64).optional().describe("Threads for all inputs; default: one per processor"),
	networks,
	metering,
	detection,
	incidents,
	probes: probeSchema.describe("Asking suspected servers whether they are pools"),
	allowlist: allowlistSchema.default([]).describe("Where mining is permitted: recorded and shown, not notified"),
	allowlist_files: z.array(path).default([]).describe("Files with further entries of the allowlist"),
	store,
	receivers: receiversSchema.default([]).describe("Who is notified of incidents, and how"),
	web: z.union([webSchema, z.literal("off")]).describe("Web UI and API, or off"),
	metrics,
	control,
	log,
	shutdown,
});

export type Configuration = z.output<typeof configurationSchema>;

function refuseDuplicates(inputs: readonly { readonly name: string }[], context: z.RefinementCtx): void {
	const seen = new Set<string>();
	for (const [i, { name }] of inputs.entries()) {
		if (seen.has(name)) context.addIssue({ code: "custom", path: [i], message: `the input ${name} is there twice` });
		seen.add(name);
	}
}

/** The JSON Schema (2020-12) of the file, for editors. */
export function configurationJsonSchema(): object {
	const schema = z.toJSONSchema(configurationSchema, { io: "input", unrepresentable: "any", override: allowNull });
	return { $id: "decrypto.schema.json", title: "Configuration of decrypto watch", ...schema };
}

/** An empty file is null to a YAML reader. */
function allowNull({ path, jsonSchema }: { path: readonly PropertyKey[]; jsonSchema: { type?: unknown } }): void {
	if (path.length === 0) jsonSchema.type = ["object", "null"];
}
