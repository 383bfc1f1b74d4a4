import { Command, Option } from "commander";
import { DeCryptoError } from "../bytes/error.ts";
import type { LockstepGroup } from "../incident/block-times/lockstep-groups.ts";
import type { TestResult } from "../notify/delivery.ts";
import type { WatchStatus } from "../watch/control.ts";
import { askDaemon } from "../watch/control-client.ts";
import type { ReloadReport } from "../watch/daemon-parts.ts";
import type { ProbedServer } from "../watch/probes.ts";
import { defaultControlSocket } from "../watch/surroundings.ts";
import { groupsText, incidentsText, type ListedIncident, probesText, statusText } from "./ctl-text.ts";
import { positiveInteger } from "./option-values.ts";
import { surroundingsHere } from "./surroundings.ts";

interface Common {
	readonly socket: string;
	readonly json?: boolean;
}

const DETAILS = `
Exit status: 0 done, 1 the daemon does not run, refused, or a receiver failed its test, 2 wrong usage.`;

/** `decrypto ctl`: each subcommand is one question to the daemon's control socket. */
export function ctlCommand(): Command {
	return new Command("ctl")
		.description("Asks the running decrypto watch, over its control socket.")
		.addHelpText("after", DETAILS)
		.addCommand(statusCommand())
		.addCommand(incidentsCommand())
		.addCommand(allowCommand())
		.addCommand(probeCommand())
		.addCommand(groupsCommand())
		.addCommand(reloadCommand())
		.addCommand(testCommand());
}

function subcommand(name: string, description: string): Command {
	return new Command(name)
		.description(description)
		.option("--socket <path>", "the daemon's control socket", defaultControlSocket(surroundingsHere()))
		.option("--json", "print JSON");
}

function statusCommand(): Command {
	return subcommand("status", "How inputs, receivers and store are.").action(async ({ socket, json }: Common) => {
		const status = (await askDaemon(socket, { command: "status" })) as WatchStatus;
		print(json ? asJson(status) : statusText(status, Date.now()));
	});
}

function incidentsCommand(): Command {
	return subcommand("incidents", "Lists incidents, last seen first.")
		.argument("[words...]", "only those with all of these words: a host, network, pool or coin")
		.addOption(new Option("--state <state>", "only these").choices(["open", "closed"]))
		.option("--limit <n>", "at most so many", positiveInteger, 50)
		.action(async (words: string[], flags: Common & { state?: "open" | "closed"; limit: number }) => {
			const { socket, json, state, limit } = flags;
			const text = words.length > 0 ? { text: words.join(" ") } : {};
			const request = { command: "incidents", ...(state && { state }), ...text, limit } as const;
			const incidents = (await askDaemon(socket, request)) as ListedIncident[];
			print(json ? asJson(incidents) : incidentsText(incidents));
		});
}

interface AllowFlags extends Common {
	readonly reason: string;
	readonly owner: string;
	readonly until?: string;
	readonly host?: string[];
	readonly pool?: string[];
	readonly coin?: string[];
	readonly below?: "probable" | "confirmed";
	readonly hours?: string;
}

function allowCommand(): Command {
	return subcommand("allow", "Adds an entry to the allowlist; it applies at once, to open incidents too.")
		.requiredOption("--reason <text>", "why mining is permitted")
		.requiredOption("--owner <text>", "who answers for it")
		.option("--until <date>", "last day (UTC), or never (default: 90 days from now)")
		.option("--host <networks...>", "networks or addresses of the hosts")
		.option("--pool <patterns...>", "pools: names with *, or networks, with or without a port")
		.option("--coin <names...>", "coins")
		.addOption(new Option("--below <confidence>", "only what is less certain").choices(["probable", "confirmed"]))
		.option("--hours <text>", "such as Mon-Fri 08:00-18:00 Europe/Prague")
		.action(async ({ socket, json, host, pool, coin, ...others }: AllowFlags) => {
			const lists = { ...(host && { hosts: host }), ...(pool && { pools: pool }), ...(coin && { coins: coin }) };
			const answer = await askDaemon(socket, { command: "allow", entry: { ...others, ...lists } });
			print(json ? asJson(answer) : `entry ${(answer as { id: string }).id} is in force`);
		});
}

function probeCommand(): Command {
	return subcommand("probe", "Asks the servers of an incident, as a miner would, whether they are pools.")
		.argument("<incident>", "its id")
		.action(async (incident: string, { socket, json }: Common) => {
			const probed = (await askDaemon(socket, { command: "probe", incident })) as ProbedServer[];
			print(json ? asJson(probed) : probesText(probed));
			if (probed.every(({ outcome }) => outcome === "refused")) process.exitCode = 1;
		});
}

function groupsCommand(): Command {
	return subcommand("groups", "Lists hosts that one suspected server sends data to at the same times.").action(
		async ({ socket, json }: Common) => {
			const groups = (await askDaemon(socket, { command: "groups" })) as LockstepGroup[];
			print(json ? asJson(groups) : groupsText(groups));
		},
	);
}

function reloadCommand(): Command {
	return subcommand("reload", "Has the daemon read its configuration again.").action(
		async ({ socket, json }: Common) => {
			const report = (await askDaemon(socket, { command: "reload" })) as ReloadReport;
			if (!report.ok)
				throw new DeCryptoError("reload", `the configuration was refused, nothing changed\n${report.words}`);
			print(json ? asJson(report) : report.words);
		},
	);
}

function testCommand(): Command {
	return subcommand("test", "Sends a marked test incident through all receivers, or one.")
		.argument("[receiver]", "its name")
		.action(async (receiver: string | undefined, { socket, json }: Common) => {
			const request = { command: "test", ...(receiver !== undefined && { receiver }) } as const;
			const results = (await askDaemon(socket, request)) as TestResult[];
			const line = ({ receiver: name, delivered, reason }: TestResult) =>
				`${name}: ${delivered ? "delivered" : `failed: ${reason}`}`;
			print(json ? asJson(results) : results.map(line).join("\n") || "no receivers are configured");
			if (results.some(({ delivered }) => !delivered)) process.exitCode = 1;
		});
}

function print(text: string): void {
	process.stdout.write(`${text}\n`);
}

function asJson(value: unknown): string {
	return JSON.stringify(value, null, "\t");
}
