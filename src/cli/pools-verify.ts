import { Command } from "commander";
import { UsageError } from "../bytes/error.ts";
import { replaceFile } from "../bytes/output-file.ts";
import { readDenyList } from "../pool/deny-list.ts";
import { DEFAULT_PACE } from "../pool/pace.ts";
import { type ProbePlan, planProbes } from "../pool/probe-plan.ts";
import { DEFAULT_RESOLVE, type ResolvedHost, resolveHosts } from "../pool/resolve-hosts.ts";
import { verifiedCsv } from "../pool/verified-pool.ts";
import { VerifyJournal } from "../pool/verify-journal.ts";
import { createVerifyCounters, type VerifyCounters, verifyPools } from "../pool/verify-pools.ts";
import { counted, duration, grouped } from "../report/quantities.ts";
import { portNumber, positiveInteger, seconds, wholeNumber } from "./option-values.ts";
import { readPoolLists, textOf } from "./read-pool-lists.ts";
import { ShutdownSignal } from "./shutdown-signal.ts";
import { StatusLine } from "./status-line.ts";

interface Options {
	output?: string;
	ports?: number[];
	deny: string[];
	allowReserved?: boolean;
	resolver: string[];
	dnsTimeout: number;
	dnsTries: number;
	dnsConcurrency: number;
	addressesPerName: number;
	connections: number;
	rate: number;
	gap: number;
	timeout: number;
	agent: string;
	wallet?: string;
	dryRun?: boolean;
	restart?: boolean;
	quiet?: boolean;
}

const DETAILS = `
Lists are files of host:port, host,port,port, hosts alone, hosts files, block lists, CSV or JSON with host and port;
- is standard input, builtin the list that comes along.

This is the only command that contacts other people's servers. It says how many connections it will make, spreads them
at random, never has two to one address at a time, and never asks private or reserved addresses unless told to. A server
is verified by an answer that is the protocol it was asked for. --dry-run resolves and says what would be asked.

What is settled is kept in OUTPUT.unfinished until the output is written: run the same command again after an
interruption, and nobody is asked twice. The output is replaced only if something was verified (else exit status 1).`;

export function poolsVerifyCommand(): Command {
	const collect = (value: string, before: string[]): string[] => [...before, value];
	return new Command("verify")
		.description("Finds out at which addresses and ports of lists a pool answers.")
		.argument("<list...>", "lists of pools")
		.option("--output <file>", "where the verified pools go, CSV; a dry run needs none")
		.optionsGroup("Whom to ask:")
		.option("--ports <port,...>", "ports of hosts that a list names without one", ports)
		.option("--deny <file>", "hosts, addresses and networks not to be asked; may be given again", collect, [])
		.option("--allow-reserved", "ask private and reserved addresses too")
		.option("--dry-run", "resolve, say what would be asked, and stop")
		.option("--restart", "forget what an interrupted run has settled")
		.optionsGroup("How to ask:")
		.option("--agent <name>", "how the probes name themselves", "decrypto-pool-check/1.0")
		.option("--wallet <address>", "wallet to log in with (default: void ones)")
		.option("--timeout <seconds>", "for a connection, a handshake and an answer, each", seconds, 5)
		.option("--connections <n>", "connections at a time", positiveInteger, DEFAULT_PACE.connections)
		.option("--rate <n>", "connections begun in a second", positiveInteger, DEFAULT_PACE.perSecond)
		.option("--gap <milliseconds>", "between two connections to one address", wholeNumber, DEFAULT_PACE.perAddressGap)
		.optionsGroup("Resolving names:")
		.option("--resolver <address>", "resolver to ask, address or address:port; may be given again", collect, [])
		.option("--dns-timeout <seconds>", "for each try", seconds, DEFAULT_RESOLVE.timeout / 1000)
		.option("--dns-tries <n>", "tries", positiveInteger, DEFAULT_RESOLVE.tries)
		.option("--dns-concurrency <n>", "names at a time", positiveInteger, DEFAULT_RESOLVE.concurrency)
		.option("--addresses-per-name <n>", "addresses of one name to ask", positiveInteger, DEFAULT_RESOLVE.maxAddresses)
		.optionsGroup("Other:")
		.option("-q, --quiet", "no progress and no summary")
		.addHelpText("after", DETAILS)
		.action(verifyAction);
}

async function verifyAction(names: string[], options: Options): Promise<void> {
	const { output } = options;
	if (output === undefined && !options.dryRun)
		throw new UsageError("--output is missing: where are the verified pools to go?");
	const status = new StatusLine(process.stderr, options.quiet ?? false);
	const lists = readPoolLists(names, options.ports, (line) => status.tell(line, true));
	if (lists.endpoints.length === 0) throw new UsageError("the lists name no pool");
	const interruption = new AbortController();
	using end = new ShutdownSignal();
	end.watch({ stop: () => interruption.abort() });

	const resolved = await resolveAll(
		[...new Set(lists.endpoints.map(({ host }) => host))],
		options,
		status,
		interruption.signal,
	);
	const plan = planProbes(lists.endpoints, resolved, {
		allowReserved: options.allowReserved ?? false,
		isDenied: denyTest(options.deny, status),
	});
	for (const { host, error } of plan.unresolved) status.tell(`${host}: ${error}`, true);
	if (output === undefined || options.dryRun) {
		announce(plan, plan.targets.length, options, status);
		return;
	}
	const journal = new VerifyJournal(output);
	if (options.restart) journal.clear();
	else journal.load();
	const targets = plan.targets.filter((target) => !journal.isSettled(target));
	announce(plan, targets.length, options, status);
	if (interruption.signal.aborted) return;

	const counters = createVerifyCounters();
	status.follow(() => progressText(counters, targets.length));
	const begun = performance.now();
	const pace = { connections: options.connections, perSecond: options.rate, perAddressGap: options.gap };
	const identity = { agent: options.agent, ...(options.wallet !== undefined && { wallet: options.wallet }) };
	try {
		const how = { ...pace, ...identity, timeout: options.timeout * 1000 };
		await verifyPools(targets, how, counters, (result) => journal.add(result), interruption.signal);
	} finally {
		status.clear();
	}
	status.tell(summaryText(counters, (performance.now() - begun) / 1000));
	finish(journal, output, interruption.signal.aborted, status);
}

async function resolveAll(
	hosts: readonly string[],
	options: Options,
	status: StatusLine,
	signal: AbortSignal,
): Promise<ResolvedHost[]> {
	const resolved: ResolvedHost[] = [];
	status.follow(() => `${grouped(resolved.length)} of ${grouped(hosts.length)} names resolved`);
	const how = {
		servers: options.resolver,
		timeout: options.dnsTimeout * 1000,
		tries: options.dnsTries,
		concurrency: options.dnsConcurrency,
		maxAddresses: options.addressesPerName,
	};
	try {
		for await (const host of resolveHosts(hosts, how, signal)) resolved.push(host);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ERR_INVALID_IP_ADDRESS")
			throw new UsageError(`--resolver: ${options.resolver.join(", ")}: no address`);
		throw error;
	} finally {
		status.clear();
	}
	return resolved;
}

function denyTest(files: readonly string[], status: StatusLine): (hostOrAddress: string) => boolean {
	const lists = files.map((file) => {
		const list = readDenyList(textOf(file));
		for (const { line, text } of list.rejected)
			status.tell(`${file}:${line}: no host, address or network: ${text}`, true);
		return list;
	});
	return (hostOrAddress) => lists.some((list) => list.isDenied(hostOrAddress));
}

function announce(plan: ProbePlan, left: number, options: Options, status: StatusLine): void {
	const settled = plan.targets.length - left;
	const share = plan.targets.length === 0 ? 0 : left / plan.targets.length;
	const parts = [
		`${counted(left, "address and port", "addresses and ports")} to ask`,
		`${counted(Math.ceil(plan.connectionsAtMost * share), "connection")} at most, ${grouped(options.rate)} a second at most`,
		...(settled > 0 ? [`${grouped(settled)} settled before`] : []),
		...(plan.reserved > 0 ? [`${grouped(plan.reserved)} private or reserved left out`] : []),
		...(plan.denied > 0 ? [`${grouped(plan.denied)} denied`] : []),
		...(plan.leftOut > 0 ? [`${counted(plan.leftOut, "further address", "further addresses")} left out`] : []),
		...(plan.unresolved.length > 0 ? [`${counted(plan.unresolved.length, "name")} without an address`] : []),
	];
	status.tell(parts.join("; "));
}

function finish(journal: VerifyJournal, output: string, interrupted: boolean, status: StatusLine): void {
	const verified = journal.verified();
	if (interrupted) {
		status.tell(`interrupted; ${output} is as it was. The same command goes on from ${journal.path}`, true);
		process.exitCode = 1;
		return;
	}
	if (verified.length === 0) {
		status.tell(`nothing was verified; ${output} is as it was`, true);
		process.exitCode = 1;
	} else {
		replaceFile(output, verifiedCsv(verified));
		status.tell(`${counted(verified.length, "pool")} in ${output}`);
	}
	journal.clear();
}

function progressText(counters: VerifyCounters, total: number): string {
	return `${grouped(counters.done)} of ${grouped(total)} asked, ${grouped(counters.verified)} verified, ${counted(counters.connections, "connection")}`;
}

function summaryText(counters: VerifyCounters, elapsed: number): string {
	const failures = [...counters.failures]
		.sort(([, a], [, b]) => b - a)
		.map(([kind, times]) => `${grouped(times)} ${FAILURE_TEXT[kind]}`);
	return [
		`${grouped(counters.verified)} verified`,
		...failures,
		`${counted(counters.connections, "connection")} in ${duration(elapsed)}`,
	].join("; ");
}

const FAILURE_TEXT = {
	"no-pool": "answered otherwise",
	"no-tls": "without TLS",
	silent: "silent",
	closed: "closed",
	unreachable: "unreachable",
	interrupted: "interrupted",
} as const;

function ports(text: string): number[] {
	return text.split(",").map(portNumber);
}
