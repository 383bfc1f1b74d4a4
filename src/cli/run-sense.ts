import { FlowPublisher } from "../bus/flow-publisher.ts";
import { openNatsBus } from "../bus/nats-bus.ts";
import { readPartitionCount } from "../bus/partition-count.ts";
import { Spool } from "../bus/spool.ts";
import { reasonOf, UsageError } from "../bytes/error.ts";
import { DirectoryRotation } from "../input/directory-rotation.ts";
import { isEndlessName } from "../input/input-kinds.ts";
import { InputList, type NamedInput } from "../input/input-list.ts";
import { networkTest } from "../run/network-test.ts";
import { openOnThreads } from "../run/open-on-threads.ts";
import { inputOptions } from "./input-flags.ts";
import { Progress } from "./progress.ts";
import type { SenseFlags } from "./sense-flags.ts";
import { ShutdownSignal } from "./shutdown-signal.ts";

/** `decrypto sense`, from the options to the exit status: live inputs at the same time, files in their order beside them. */
export async function runSense(names: readonly string[], flags: SenseFlags): Promise<void> {
	const progress = new Progress(process.stderr, flags.quiet ?? false);
	const complain = (line: string): void => {
		progress.clear();
		if (!flags.quiet) console.error(`decrypto: ${line}`);
	};
	await using bus = await openNatsBus(flags.bus, { clientName: `sensor ${flags.name}` });
	await using publisher = new FlowPublisher(bus, {
		sensor: flags.name,
		partitions: await readPartitionCount(bus),
		...(flags.internal !== undefined && { isOurs: networkTest(flags.internal) }),
		...(flags.spool !== undefined && { spool: new Spool(flags.spool, flags.spoolSize) }),
	});
	using shutdown = new ShutdownSignal();
	const sensor = new Sensor(flags, publisher, progress, complain, shutdown.signal);
	const live = names.filter(isEndlessName).map((name) => new InputList([name]));
	const files = new InputList(
		names.filter((name) => !isEndlessName(name)),
		flags.follow,
	);
	shutdown.watch(sensor);
	await Promise.all([...live, files].map((inputs) => sensor.take(inputs)));
	await publisher.close();
	progress.stop();
	tellOutcome(publisher, complain);
}

/** Reads inputs and hands their flows to the publisher. */
class Sensor {
	readonly #flags: SenseFlags;
	readonly #publisher: FlowPublisher;
	readonly #progress: Progress;
	readonly #complain: (line: string) => void;
	readonly #signal: AbortSignal;
	readonly #stoppables = new Set<{ stop(): void }>();

	constructor(
		flags: SenseFlags,
		publisher: FlowPublisher,
		progress: Progress,
		complain: (line: string) => void,
		signal: AbortSignal,
	) {
		this.#flags = flags;
		this.#publisher = publisher;
		this.#progress = progress;
		this.#complain = complain;
		this.#signal = signal;
	}

	/** Takes the inputs of a list one after the other. One that fails does not affect the others. */
	async take(inputs: InputList): Promise<void> {
		this.#stoppables.add(inputs);
		const rotations = new DirectoryRotation(inputs, this.#flags.inactiveTimeout);
		for (let input = await inputs.next(); input && !this.#signal.aborted; input = await inputs.next()) {
			try {
				await this.#takeOne(input, inputs, rotations);
			} catch (error) {
				this.#complain(reasonOf(error));
				process.exitCode = error instanceof UsageError ? 2 : 1;
			}
		}
		this.#stoppables.delete(inputs);
	}

	stop(): void {
		for (const each of this.#stoppables) each.stop();
	}

	async #takeOne(input: NamedInput, inputs: InputList, rotations: DirectoryRotation): Promise<void> {
		const rotation = rotations.of(input);
		const metering = { handshakes: true, vlan: true, payloadBytes: this.#flags.payloadBytes };
		const read = inputOptions(this.#flags, { ...metering, ...(rotation && { rotation }) }, this.#complain);
		const opened = await openOnThreads(undefined, input, { ...read, purpose: "detection" }, inputs);
		if (opened === undefined) return;
		await using source = opened.source;
		this.#stoppables.add(source);
		if (this.#signal.aborted) source.stop();
		this.#progress.follow(input.name, source.counters);
		for await (const flows of source) {
			if (!opened.isLive) await this.#publisher.room();
			this.#publisher.write(input.name, flows);
			this.#progress.tick();
		}
		this.#publisher.end(input.name);
		this.#stoppables.delete(source);
		for (const warning of source.counters.warnings) this.#complain(warning);
	}
}

/** Losses are an exit status of their own kind: the sensor has failed to do all of its work. */
function tellOutcome({ counters, outstanding }: FlowPublisher, complain: (line: string) => void): void {
	const { flows, accepted, droppedFlows, droppedBatches, tooLong } = counters;
	complain(`${flows} flows in ${accepted} batches were published`);
	if (outstanding > 0) complain(`${outstanding} batches wait in the spool for the next run`);
	if (droppedBatches > 0) complain(`${droppedBatches} batches (${droppedFlows} flows) were dropped: no room`);
	if (tooLong > 0) complain(`${tooLong} flows were left out: no message has room for them`);
	if (droppedBatches > 0) process.exitCode = 1;
}
