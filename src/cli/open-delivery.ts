import { hostname } from "node:os";
import { z } from "zod";
import { readLocatedYaml } from "../bytes/located-yaml.ts";
import { Delivery } from "../notify/delivery.ts";
import { MemoryOutbox } from "../notify/memory-outbox.ts";
import type { Notification } from "../notify/notification.ts";
import type { Outbox } from "../notify/outbox.ts";
import { planReceivers } from "../notify/plan-receivers.ts";
import { receiversSchema } from "../notify/receiver-schema.ts";
import { counted } from "../report/quantities.ts";
import type { IncidentStore } from "../store/incident-store.ts";
import { textFile } from "./allowlist-files.ts";
import { socketDirectory } from "./input-flags.ts";
import { programVersion } from "./program-version.ts";

/** A list of receivers, or a map with the key `receivers`, as the configuration of `decrypto watch` has it. */
const receiversFile = z.union([receiversSchema, z.strictObject({ receivers: receiversSchema })]);

/** Receivers get this long to take what waits when a run ends. */
const DRAIN_MS = 10_000;

export interface OpenedDelivery {
	readonly delivery: Delivery;
	readonly outbox: Outbox;
	/** What waits when the run ends is delivered by a later run. */
	readonly isKept: boolean;
}

/** Begins to deliver what waits in the store, and what comes. Throws a located error for a file that is no list of receivers. */
export function openDelivery(file: string, store: IncidentStore | undefined): OpenedDelivery {
	const { value } = readLocatedYaml(file, textFile(file), receiversFile);
	const sender = { sensor: hostname(), version: programVersion(), now: Date.now };
	const plans = planReceivers(Array.isArray(value) ? value : value.receivers, {
		sender,
		stdout: process.stdout,
		environment: process.env,
		...socketDirectory(),
	});
	const outbox = store?.outbox<Notification>() ?? new MemoryOutbox();
	const delivery = new Delivery(outbox, sender);
	delivery.add(plans);
	return { delivery, outbox, isKept: store !== undefined };
}

/** Waits for receivers, tells what they did not take, and ends them. */
export async function waitForDelivery(
	{ delivery, outbox, isKept }: OpenedDelivery,
	warn: (line: string) => void,
): Promise<void> {
	await delivery.drain(DRAIN_MS);
	for (const receiver of delivery.receivers) {
		const { name, counters } = receiver;
		const waiting = await outbox.length(name);
		if (waiting > 0) {
			const { reason = "it is slow" } = receiver.health();
			const fate = isKept ? "wait in the store for the next run" : "were not delivered";
			warn(`receiver ${name}: ${counted(waiting, "notification")} ${fate}: ${reason}`);
			if (!isKept) process.exitCode ||= 1;
		}
		if (counters.dropped > 0)
			warn(`receiver ${name}: ${counted(counters.dropped, "notification")} were lost: too many waited`);
	}
	await delivery[Symbol.asyncDispose]();
}
