import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { reasonOf } from "../bytes/error.ts";
import type { Log } from "../bytes/log.ts";

const run = promisify(execFile);
const PATIENCE_MS = 5000;

/**
 * Tells systemd how the service is (sd_notify(3)), through its program systemd-notify: the protocol needs datagrams over a
 * Unix socket, which Node.js does not have. Does nothing without `NOTIFY_SOCKET`.
 */
export class ServiceManager {
	readonly #environment: Readonly<Record<string, string | undefined>>;
	readonly #log: Log;
	#watchdog: NodeJS.Timeout | undefined;

	constructor(environment: Readonly<Record<string, string | undefined>>, log: Log) {
		this.#environment = environment;
		this.#log = log;
	}

	/** Also begins to answer the watchdog, twice in its time (sd_watchdog_enabled(3)). */
	async ready(status: string): Promise<void> {
		await this.#notify("READY=1", `STATUS=${status}`);
		const period = Number(this.#environment.WATCHDOG_USEC ?? 0) / 1000;
		if (period > 0) this.#watchdog ??= setInterval(() => void this.#notify("WATCHDOG=1"), period / 2);
	}

	async reloading(): Promise<void> {
		// Microseconds of CLOCK_MONOTONIC, which is what process.hrtime reads.
		await this.#notify("RELOADING=1", `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
	}

	async stopping(): Promise<void> {
		clearInterval(this.#watchdog);
		await this.#notify("STOPPING=1");
	}

	/** Never rejects: a service manager that does not listen stops nothing. */
	async #notify(...assignments: readonly string[]): Promise<void> {
		const { NOTIFY_SOCKET, PATH } = this.#environment;
		if (!NOTIFY_SOCKET) return;
		const env = { NOTIFY_SOCKET, PATH };
		try {
			await run("systemd-notify", [`--pid=${process.pid}`, ...assignments], { env, timeout: PATIENCE_MS });
		} catch (error) {
			this.#log.warn("systemd", `systemd-notify ${assignments[0]}: ${reasonOf(error)}`);
		}
	}
}
