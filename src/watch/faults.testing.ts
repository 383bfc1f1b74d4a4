import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createWriteStream, existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { IncidentStore } from "../store/incident-store.ts";
import { freePort, type TestPlace, until } from "./daemon.testing.ts";
import { exportTo, minerFlowOf } from "./flows.testing.ts";

const PROGRAM = fileURLToPath(new URL("../../bin/decrypto.js", import.meta.url));

export type Fault = "SIGHUP" | "SIGTERM" | "SIGKILL";

/** What a series of faults left behind. */
export interface FaultReport {
	/** Exit status, or the signal that ended it, for each end of the daemon. */
	readonly ends: { readonly fault: Fault; readonly end: number | NodeJS.Signals | null }[];
	/** Identifiers under which each host was notified as opened. */
	readonly notified: ReadonlyMap<string, ReadonlySet<string>>;
	/** Identifiers that were notified and are not in the store. */
	readonly lost: readonly string[];
	/** Command lines of capture tools that outlived the daemon. */
	readonly orphans: readonly string[];
}

export interface FaultPlan {
	readonly place: TestPlace;
	readonly faults: readonly Fault[];
	/** How long after the daemon is ready each fault comes, in milliseconds. */
	readonly after: (round: number) => number;
	/** Also capture on loopback, with tcpdump. */
	readonly capture: boolean;
	readonly tell?: (line: string) => void;
}

/** Sends miners into a daemon, and a signal at each of the given moments; starts it again where it ended. */
export async function sufferFaults({ place, faults, after, capture, tell }: FaultPlan): Promise<FaultReport> {
	const port = await freePort();
	const archive = place.path("archive.ndjson");
	const live = { live: "lo", bpf: `udp port ${port} and less 99` };
	place.configure({
		inputs: [{ listen: `ipfix+udp://127.0.0.1:${port}` }, ...(capture ? [live] : [])],
		receivers: [{ name: "archive", file: archive }],
		shutdown: { drain: "2s" },
	});
	const ends: FaultReport["ends"] = [];
	let host = 0;
	let daemon = await startDaemon(place);
	for (const [round, fault] of faults.entries()) {
		const moment = performance.now() + after(round);
		while (performance.now() < moment) {
			await exportTo(`ipfix+udp://127.0.0.1:${port}`, [minerFlowOf(++host)]);
			await sleep(15);
		}
		daemon.child.kill(fault);
		if (fault !== "SIGHUP") {
			const end = await daemon.ended;
			ends.push({ fault, end });
			daemon = await startDaemon(place);
		}
		tell?.(`${round + 1}: ${fault}, ${host} miners so far`);
	}
	await sleep(500);
	daemon.child.kill("SIGTERM");
	ends.push({ fault: "SIGTERM", end: await daemon.ended });
	const notified = openedIn(archive);
	const lost = await missingIn(place.path("incidents.db"), notified);
	return { ends, notified, lost, orphans: capture ? await orphansWith(live.bpf) : [] };
}

interface RunningDaemon {
	readonly child: ChildProcess;
	readonly ended: Promise<number | NodeJS.Signals | null>;
}

async function startDaemon(place: TestPlace): Promise<RunningDaemon> {
	const child = spawn(process.execPath, [PROGRAM, "watch", place.file], { stdio: ["ignore", "ignore", "pipe"] });
	let log = "";
	const file = createWriteStream(place.path("daemon.log"), { flags: "a" });
	child.stderr!.pipe(file);
	child.stderr!.on("data", (text: Buffer) => {
		log += text.toString();
	});
	const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
		child.once("exit", (status, signal) => resolve(signal ?? status)),
	);
	const isOpen = (): boolean => /ipfix\+udp:\S+ is open/.test(log) && log.includes("start: decrypto");
	await until(isOpen, "the daemon starts", 60_000).catch((error: Error) => {
		throw new Error(`${error.message}; its log:\n${log}`);
	});
	return { child, ended };
}

/** A line that a kill cut short is no notification yet. */
function openedIn(archive: string): Map<string, Set<string>> {
	const notified = new Map<string, Set<string>>();
	const lines = existsSync(archive) ? readFileSync(archive, "utf8").split("\n") : [];
	for (const line of lines) {
		if (!line.endsWith("}")) continue;
		const { incident } = JSON.parse(line) as { incident: { id: string; host: { address: string } } };
		const ids = notified.get(incident.host.address) ?? new Set();
		notified.set(incident.host.address, ids.add(incident.id));
	}
	return notified;
}

async function missingIn(path: string, notified: ReadonlyMap<string, ReadonlySet<string>>): Promise<string[]> {
	const store = await IncidentStore.open(path, { readOnly: true });
	try {
		const lost = [];
		for (const [host, ids] of notified) {
			const { incidents } = await store.find({ host: [host], limit: 10 });
			lost.push(...[...ids].filter((id) => !incidents.some((incident) => incident.id === id)));
		}
		return lost;
	} finally {
		await store[Symbol.asyncDispose]();
	}
}

/** Tools get a moment to notice that their parent is gone. */
async function orphansWith(text: string): Promise<string[]> {
	const find = (): string[] =>
		execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })
			.split("\n")
			.filter((line) => line.includes(text) && line.includes("tcpdump"));
	await until(() => find().length === 0, "the tools have ended", 5000).catch(() => {});
	return find();
}
