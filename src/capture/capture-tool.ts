import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { DeCryptoError, inContext, UsageError } from "../bytes/error.ts";

/** A running capture tool of the system: packets on its standard output; its messages are kept for the end. */
export interface RunningTool {
	readonly output: Readable;
	readonly input: Writable | null;
	/** Lines the tool wrote to standard error, the last {@link KEPT_LINES} of them. */
	readonly messages: readonly string[];
	/** Asks it to write its buffered packets and end. */
	stop(): void;
	/** The exit status; -1 if a signal ended it. */
	readonly ended: Promise<number>;
}

const KEPT_LINES = 20;

/**
 * Ends the tool when standard input closes, which happens when the parent process ends in any way. A parent-death
 * signal does not work: tools with file capabilities lose the setting of `prctl`.
 */
const GUARD = `
"$@" </dev/null 3<&- & tool=$!
{ read -r _; kill "$tool"; } <&3 3<&- 2>/dev/null >/dev/null & guard=$!
wait "$tool"; status=$?
kill "$guard" 2>/dev/null
exit "$status"`;

/** Starts the first of the tools that is installed. Throws if none is, with the name of the package to install. */
export async function startTool(
	candidates: readonly (readonly [tool: string, ...args: string[]])[],
	purpose: string,
): Promise<RunningTool> {
	return start(candidates, purpose, false);
}

/**
 * The same for tools that run until they are stopped and read no input: they end with this process, even if it is
 * killed, and not by a signal of its terminal.
 */
export async function startGuardedTool(
	candidates: readonly (readonly [tool: string, ...args: string[]])[],
	purpose: string,
): Promise<RunningTool> {
	return start(
		candidates.filter(([tool]) => isInstalled(tool)),
		purpose,
		true,
		candidates,
	);
}

async function start(
	candidates: readonly (readonly [tool: string, ...args: string[]])[],
	purpose: string,
	isGuarded: boolean,
	named = candidates,
): Promise<RunningTool> {
	for (const [tool, ...args] of candidates) {
		const child = isGuarded
			? spawn("/bin/sh", ["-c", `exec 3<&0${GUARD}`, "sh", tool, ...args], { detached: true })
			: spawn(tool, args, { stdio: ["pipe", "pipe", "pipe"] });
		const outcome = await new Promise<"started" | NodeJS.ErrnoException>((resolve) => {
			child.once("spawn", () => resolve("started"));
			child.once("error", resolve);
		});
		if (outcome === "started") return running(child, isGuarded);
		if (outcome.code !== "ENOENT") throw inContext(tool, outcome);
	}
	const names = named.map(([tool]) => tool).join(" nor ");
	throw new DeCryptoError(
		"capture-tool",
		`${purpose} needs tcpdump: neither ${names} is installed; install the package tcpdump`,
	);
}

function isInstalled(tool: string): boolean {
	if (tool.includes("/")) return existsSync(tool);
	return (process.env.PATH ?? "").split(":").some((directory) => existsSync(`${directory}/${tool}`));
}

/** The meaning of the tool's last messages, as an error in the user's words. */
export function toolError(name: string, messages: readonly string[]): DeCryptoError {
	const said = messages.filter(
		(line) => !/^(tcpdump|dumpcap)?:? ?(listening on|reading from|Capturing on|File:|verbose output)/.test(line),
	);
	const text = said.join(" ");
	if (/permission|not permitted|You don't have/i.test(text)) {
		return new DeCryptoError(
			"capture-rights",
			`${name}: no permission to capture: run as root, or grant it once: setcap cap_net_raw,cap_net_admin+eip "$(command -v tcpdump)"`,
		);
	}
	const reason = (said.at(-1) ?? "the capture ended without a message").replace(/^(tcpdump|dumpcap): /, "");
	if (/filter|syntax error|expression/i.test(text))
		return new UsageError(`${name}: the filter is not valid: ${reason}`);
	return new DeCryptoError("capture-tool", `${name}: ${reason}`);
}

/**
 * Packets dropped by the kernel or the interface, from the last messages of tcpdump or dumpcap; undefined without them.
 */
export function droppedPackets(messages: readonly string[]): number | undefined {
	let dropped: number | undefined;
	for (const line of messages) {
		const tcpdump = /^(\d+) packets? dropped by (?:kernel|interface)/.exec(line);
		const dumpcap = /received\/dropped on interface .*: \d+\/(\d+)/.exec(line);
		const count = tcpdump?.[1] ?? dumpcap?.[1];
		if (count !== undefined) dropped = (dropped ?? 0) + Number(count);
	}
	return dropped;
}

function running(child: ChildProcess, isGuarded: boolean): RunningTool {
	const messages: string[] = [];
	let partial = "";
	child.stderr!.setEncoding("utf8").on("data", (text: string) => {
		const lines = (partial + text).split(/\r?\n|\r/);
		partial = lines.pop()!.slice(-1000);
		messages.push(...lines.filter((line) => line !== ""));
		messages.splice(0, messages.length - KEPT_LINES);
	});
	// A tool that ends early breaks the pipe into it; its own messages have the reason.
	child.stdin!.on("error", () => {});
	return {
		output: child.stdout!,
		input: child.stdin,
		messages,
		stop: () => {
			if (isGuarded) child.stdin!.end();
			else child.kill("SIGTERM");
		},
		ended: new Promise((resolve) => {
			child.once("close", (status) => {
				if (partial !== "") messages.push(partial);
				resolve(status ?? -1);
			});
		}),
	};
}
