import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { inContext, UsageError } from "../bytes/error.ts";
import type { Network } from "../flow/networks.ts";
import type { InputOptions } from "../input/input-options.ts";
import type { TlsFiles } from "../ipfix/stream-receiver.ts";
import { DEFAULT_ACTIVE_TIMEOUT, DEFAULT_INACTIVE_TIMEOUT, DEFAULT_MAXIMUM_FLOWS } from "../meter/meter-defaults.ts";
import { networkArray, positiveInteger, seconds } from "./option-values.ts";

/** Each has a program and a table of its own. */
const MOST_THREADS = 64;

/** What the command line says of how inputs are read. */
export interface InputFlags {
	readonly activeTimeout: number;
	readonly inactiveTimeout: number;
	readonly flowTable: number;
	readonly decapsulate?: boolean;
	readonly bpf?: string;
	readonly follow?: boolean;
	readonly tlsCertificate?: string;
	readonly tlsKey?: string;
	readonly tlsAuthority?: string;
	readonly exporters?: readonly Network[];
	readonly idleTimeout?: number;
}

/** Options of every command that reads packets. */
export function addMeteringFlags(command: Command): Command {
	return command
		.optionsGroup("Metering (captures and live traffic):")
		.option("--active-timeout <seconds>", "export flows that go on after so long", seconds, DEFAULT_ACTIVE_TIMEOUT)
		.option(
			"--inactive-timeout <seconds>",
			"export flows that were silent for so long",
			seconds,
			DEFAULT_INACTIVE_TIMEOUT,
		)
		.option(
			"--flow-table <flows>",
			"flows metered at a time; memory follows from it",
			positiveInteger,
			DEFAULT_MAXIMUM_FLOWS,
		)
		.option("--decapsulate", "open IP in IP, 6in4, GRE, ERSPAN, VXLAN, GTP-U and Teredo: flows are those inside")
		.option("--bpf <expression>", "look only at packets that match, as tcpdump has it (needs tcpdump)")
		.option("--follow", "the last input is a directory that captures are still written to: read them as they grow");
}

/** The option of commands that can read on a thread of its own. */
export function addThreadsFlag(command: Command): Command {
	return command.option(
		"--threads <n>",
		"2 or more: read and meter on so many threads (not with --follow)",
		threadCount,
		1,
	);
}

function threadCount(text: string): number {
	const count = Number(text);
	if (!/^\d+$/.test(text) || count < 1 || count > MOST_THREADS)
		throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_THREADS}.`);
	return count;
}

/** Options of every command that collects or exports IPFIX. */
export function addTlsFlags(command: Command): Command {
	return command
		.optionsGroup("IPFIX:")
		.option("--tls-certificate <file>", "our certificate (PEM) for ipfix+tls://")
		.option("--tls-key <file>", "its key (PEM)")
		.option("--tls-authority <file>", "the authority that peers' certificates must come from (PEM)");
}

/** Options of commands that collect IPFIX. */
export function addCollectingFlags(command: Command): Command {
	return addTlsFlags(command)
		.option("--exporters <nets>", "networks that exporters may send from, as 10.0.0.0/8 (default: all)", networkArray)
		.option(
			"--idle-timeout <seconds>",
			"close connections of exporters that were silent for so long (default: 1800)",
			seconds,
		);
}

export function inputOptions(
	flags: InputFlags,
	metering: Partial<InputOptions["metering"]>,
	warn: (line: string) => void,
): InputOptions {
	const tls = tlsFiles(flags);
	return {
		metering: {
			activeTimeout: flags.activeTimeout,
			inactiveTimeout: flags.inactiveTimeout,
			maximumFlows: flags.flowTable,
			decapsulate: flags.decapsulate ?? false,
			...metering,
		},
		...(flags.bpf && { filter: flags.bpf }),
		...(tls && { tls }),
		...(flags.exporters && { exporters: flags.exporters }),
		...(flags.idleTimeout !== undefined && { idleTimeout: flags.idleTimeout }),
		...socketDirectory(),
		warn,
	};
}

/** Where NEMEA's Unix sockets are, if the environment says so. */
export function socketDirectory(): { socketDirectory?: string } {
	const { TRAP_SOCKET_DIR } = process.env;
	return TRAP_SOCKET_DIR ? { socketDirectory: TRAP_SOCKET_DIR } : {};
}

function tlsFiles({ tlsCertificate, tlsKey, tlsAuthority }: InputFlags): TlsFiles | undefined {
	if (tlsCertificate === undefined && tlsKey === undefined) return undefined;
	if (tlsCertificate === undefined || tlsKey === undefined)
		throw new UsageError("TLS needs both --tls-certificate and --tls-key");
	return {
		certificate: pem(tlsCertificate),
		key: pem(tlsKey),
		...(tlsAuthority !== undefined && { authority: pem(tlsAuthority) }),
	};
}

function pem(path: string): Buffer {
	try {
		return readFileSync(path);
	} catch (error) {
		throw inContext(path, error);
	}
}
