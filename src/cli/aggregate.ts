import { Command } from "commander";
import type { SourceCounters } from "../bytes/counters.ts";
import { MutedLog } from "../bytes/muted-log.ts";
import { openInterfaceInput, openInterfaceOutput, openServiceInterface, parseSpecifier } from "../nemea/index.ts";
import { AGGREGATOR_DEFAULTS, Aggregator, type AggregatorCounters } from "../notify/aggregator/aggregator.ts";
import { runAggregator } from "../notify/aggregator/run-aggregator.ts";
import { socketDirectory } from "./input-flags.ts";
import { positiveInteger, seconds, wholeNumber } from "./option-values.ts";
import { ShutdownSignal } from "./shutdown-signal.ts";
import { tell } from "./tell.ts";

interface Options {
	readonly i: string;
	readonly activeTimeout: number;
	readonly passiveTimeout: number;
	readonly minMlFlows: number;
	readonly dropDstOnly?: boolean;
	readonly rotateAddresses?: boolean;
	readonly capacity: number;
	readonly stopPatience: number;
	readonly endOfStream?: boolean;
	readonly service: boolean;
}

const MICROSECONDS_PER_MINUTE = 60_000_000;

const DETAILS = `
The input is the output of minerdetector (REASON 1, 2, 3); times are those of the flows.
Interfaces are those of minerdetector (minerdetector --help).

Example:
  decrypto aggregate -i u:miners,u:alerts -r`;

export function aggregateCommand(): Command {
	const { activeFlows, passive, leastMlFlows, capacity } = AGGREGATOR_DEFAULTS;
	return new Command("aggregate")
		.description("Joins the miner flows of one conversation into alerts, as the original's aggregator does.")
		.requiredOption("-i <ifcs>", "TRAP interfaces: one input, one output, separated by a comma")
		.option("-a, --active-timeout <flows>", "export an alert after this many flows", positiveInteger, activeFlows)
		.option(
			"-p, --passive-timeout <minutes>",
			"export an alert after this long without a new flow",
			positiveInteger,
			passive / MICROSECONDS_PER_MINUTE,
		)
		.option("-m, --min-ml-flows <flows>", "drop alerts of fewer flows with only ML evidence", wholeNumber, leastMlFlows)
		.option("-d, --drop-dst-only", "drop alerts with only DST evidence")
		.option("-r, --rotate-addresses", "swap source and destination if the destination port looks like a client's")
		.option(
			"--capacity <n>",
			"conversations in memory; beyond it the oldest is exported early",
			positiveInteger,
			capacity,
		)
		.option("--stop-patience <s>", "told to end: wait this long for a receiver", seconds, 5)
		.option("--end-of-stream", "tell receivers when the input has ended (the original does not)")
		.option("--no-service", "no service socket for the supervisor and trap_stats")
		.addHelpText("after", DETAILS)
		.action(aggregateAction);
}

async function aggregateAction(options: Options): Promise<void> {
	const [source, target] = parseSpecifier(options.i, 1, 1) as [Interface, Interface];
	const log = new MutedLog((line) => tell(line));
	const input = openInterfaceInput(source, { ...socketDirectory(), warn: (topic, line) => log.warn(topic, line) });
	const output = await openInterfaceOutput(target, socketDirectory());
	const aggregator = new Aggregator({
		activeFlows: options.activeTimeout,
		passive: options.passiveTimeout * MICROSECONDS_PER_MINUTE,
		leastMlFlows: options.minMlFlows,
		dropDstOnly: options.dropDstOnly ?? false,
		rotate: options.rotateAddresses ?? false,
		capacity: options.capacity,
	});
	await using _service = options.service
		? await openServiceInterface({
				...socketDirectory(),
				inputs: [{ described: source, input }],
				outputs: [{ described: target, output }],
			})
		: undefined;
	using end = new ShutdownSignal();
	end.watch({
		stop() {
			input.stop();
			output.hurry(options.stopPatience * 1000);
		},
	});
	try {
		await runAggregator(input, output, aggregator);
		if (options.endOfStream) await output.sendEndOfStream();
	} finally {
		await output.close();
	}
	tellLosses(input.counters, aggregator.counters, output.counters.dropped, log);
	if (input.counters.warnings.length > 0) process.exitCode = 1;
}

type Interface = ReturnType<typeof parseSpecifier>[number];

function tellLosses(
	input: SourceCounters,
	{ exportedEarly }: AggregatorCounters,
	dropped: number,
	log: MutedLog,
): void {
	for (const [reason, times] of input.malformed) log.warn(reason, `skipped ${times}: ${reason}`);
	for (const warning of input.warnings) log.warn("damaged", warning);
	if (exportedEarly > 0) log.warn("early", `${exportedEarly} alerts were exported early: --capacity was reached`);
	if (dropped > 0) log.warn("dropped", `${dropped} alerts were dropped: no receiver took them`);
	log.flush();
}
