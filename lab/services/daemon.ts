import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Daemon } from "./service.ts";

const START_SECONDS = 90;

/** A daemon that runs in a folder of its own. */
export interface RunningDaemon {
	stop(): void;
}

/** Starts a daemon in a new folder and waits until it accepts connections. Throws with its last words where it does not. */
export async function startDaemon(name: string, daemon: Daemon, folder: string): Promise<RunningDaemon> {
	mkdirSync(folder, { recursive: true, mode: 0o755 });
	for (const [file, content] of Object.entries(daemon.files ?? {})) writeFileSync(`${folder}/${file}`, content);
	const env = { ...process.env, DIR: folder };
	if (daemon.prepare !== undefined) {
		const { status, stderr } = spawnSync("sh", ["-c", daemon.prepare], { env, encoding: "utf8" });
		if (status !== 0) throw new Error(`${name}: cannot be prepared: ${stderr.slice(-400)}`);
	}
	const words: string[] = [];
	// A process group of its own, so that what the daemon has started ends with it.
	const child = spawn("sh", ["-c", daemon.command], { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
	for (const stream of [child.stdout, child.stderr])
		stream.on("data", (chunk: Buffer) => {
			words.push(String(chunk));
			words.splice(0, words.length - 20);
		});
	for (let waited = 0; waited < START_SECONDS; waited += 0.25) {
		if (child.exitCode !== null) break;
		if (await accepts(daemon.port)) return { stop: () => stopGroup(child) };
		await sleep(250);
	}
	stopGroup(child);
	throw new Error(`${name}: does not listen on port ${daemon.port}: ${words.join("").slice(-600)}`);
}

function stopGroup(child: ChildProcess): void {
	if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
}

function accepts(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, "127.0.0.1");
		socket.on("connect", () => {
			socket.destroy();
			resolve(true);
		});
		socket.on("error", () => resolve(false));
	});
}
