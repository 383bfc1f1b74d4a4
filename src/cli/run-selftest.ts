import { setTimeout as sleep } from "node:timers/promises";
import { DeCryptoError, UsageError } from "../bytes/error.ts";
import { incidentWords } from "../incident/words.ts";
import type { WatchStatus } from "../watch/control.ts";
import { askDaemon } from "../watch/control-client.ts";
import { startPrivateDaemon } from "../watch/self-test/private-daemon.ts";
import { replayInto } from "../watch/self-test/replay.ts";
import type { ListedIncident } from "./ctl-text.ts";
import type { SelftestFlags } from "./selftest-flags.ts";
import { surroundingsHere } from "./surroundings.ts";

/** A daemon of its own, once by flow records and once by packets. */
export async function testPrivately({ timeout }: SelftestFlags): Promise<void> {
	await using daemon = await startPrivateDaemon(surroundingsHere());
	for (const input of daemon.inputs) {
		const started = performance.now();
		const host = await replayInto(input, Date.now());
		const incident = await daemon.incidentOf(host, input, AbortSignal.timeout(timeout * 1000)).catch(() => {
			throw notFound(input, timeout);
		});
		tell(input, incidentWords(incident), started);
	}
	process.stdout.write("DeCrypto works on this machine.\n");
}

/** The running daemon. */
export async function testInput(input: string, { socket, timeout }: SelftestFlags): Promise<void> {
	const { inputs } = (await askDaemon(socket, { command: "status" })) as WatchStatus;
	if (!inputs.some(({ name }) => name === input)) {
		const names = inputs.map(({ name }) => name).join(", ");
		throw new UsageError(`${input} is no input of the daemon; it has ${names || "none"}`);
	}
	const [started, begin] = [performance.now(), Date.now()];
	const host = await replayInto(input, begin);
	// The conversation takes less than a second of flow time, and its first words may come before its end.
	while (performance.now() - started < timeout * 1000) {
		await sleep(100);
		const request = { command: "incidents", state: "open", text: host } as const;
		const incidents = (await askDaemon(socket, request)) as ListedIncident[];
		const found = incidents.find((incident) => {
			return (
				incident.host.address === host && incident.inputs.includes(input) && incident.lastSeen >= (begin - 1000) * 1000
			);
		});
		if (found === undefined) continue;
		tell(input, found.words, started);
		return;
	}
	throw notFound(input, timeout);
}

function tell(input: string, words: string, started: number): void {
	process.stdout.write(`${input}: found after ${((performance.now() - started) / 1000).toFixed(2)} s: ${words}\n`);
}

function notFound(input: string, timeout: number): DeCryptoError {
	return new DeCryptoError("selftest", `${input}: the conversation was sent, but no incident came within ${timeout} s`);
}
