import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from "@nats-io/jetstream";
import { type Family, LEASE_MS, type Log } from "./bus.ts";

/** What `bus setup` is told. */
export interface BusLayout {
	/** Copies of every message: 1 for one server, 3 survives the loss of one. */
	readonly replicas: number;
	/** Flow partitions: at most so many workers share the load. */
	readonly partitions: number;
	/** Bytes of flows that one server keeps per partition; beyond it sensors spool. */
	readonly flowBytes: number;
	/** Bytes of sightings that one server keeps per partition; beyond it the oldest are dropped. */
	readonly sightingBytes: number;
}

export const DEFAULT_LAYOUT: BusLayout = { replicas: 3, partitions: 16, flowBytes: 2 ** 30, sightingBytes: 2 ** 28 };

const NANOSECONDS = 1e6;
const HOUR = 3600e3 * NANOSECONDS;
/** A sensor that resends after this time may store a batch twice; its flows are then counted once all the same. */
const DUPLICATE_WINDOW = 300e3 * NANOSECONDS;

/** Families that look like key-value buckets to NATS's tools: one message per key. */
const BUCKETS: ReadonlySet<Family> = new Set(["leases", "workers", "records"]);

/** Whether each log of the family has a stream of its own. */
export function hasOwnStream(family: Family): boolean {
	return family === "flows" || family === "sightings";
}

/** The stream that holds the log. */
export function streamOf({ family, key }: Log): string {
	if (hasOwnStream(family)) return `decrypto-${family}-${key}`;
	return BUCKETS.has(family) ? `KV_decrypto-${family}` : `decrypto-${family}`;
}

/** The log's subject; `*` as key stands for all. The version is that of the batch schema: another one is another bus. */
export function subjectOf({ family, key }: Log): string {
	return BUCKETS.has(family) ? `$KV.decrypto-${family}.${key}` : `${family}.v1.${key}`;
}

export function keyOfSubject(subject: string): string {
	return subject.slice(subject.lastIndexOf(".") + 1);
}

/** The streams of a layout. */
export function streamConfigs(layout: BusLayout): Partial<StreamConfig>[] {
	const partitions = Array.from({ length: layout.partitions }, (_, k) => String(k));
	const common = {
		num_replicas: layout.replicas,
		storage: StorageType.File,
		retention: RetentionPolicy.Limits,
		duplicate_window: DUPLICATE_WINDOW,
	};
	const stream = (log: Log, config: Partial<StreamConfig>): Partial<StreamConfig> => ({
		name: streamOf(log),
		subjects: [subjectOf(log)],
		...common,
		...config,
	});
	const bucket = (family: Family, config: Partial<StreamConfig> = {}): Partial<StreamConfig> =>
		stream({ family, key: "*" }, { max_msgs_per_subject: 1, discard: DiscardPolicy.New, ...config });
	const expiring = { max_age: LEASE_MS * NANOSECONDS, duplicate_window: LEASE_MS * NANOSECONDS };
	return [
		...partitions.map((key) =>
			stream({ family: "flows", key }, { max_bytes: layout.flowBytes, max_age: 24 * HOUR, discard: DiscardPolicy.New }),
		),
		...partitions.map((key) =>
			stream(
				{ family: "sightings", key },
				{ max_bytes: layout.sightingBytes, max_age: 7 * 24 * HOUR, discard: DiscardPolicy.Old },
			),
		),
		stream({ family: "memories", key: "*" }, { max_age: 7 * 24 * HOUR }),
		bucket("leases", expiring),
		bucket("workers", expiring),
		bucket("records"),
	];
}
