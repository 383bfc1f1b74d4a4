import type { Log } from "../bytes/log.ts";
import { nextSteps } from "./check-text.ts";
import { controlHandler } from "./control.ts";
import { ControlSocket } from "./control-socket.ts";
import { Daemon, type DaemonOptions } from "./daemon.ts";
import type { DaemonPlan } from "./plan.ts";
import { ServiceManager } from "./service-manager.ts";

/** What signals ask of a running daemon. */
export interface DaemonSignals {
	/** Aborted by the first SIGTERM or SIGINT. */
	readonly stop: AbortSignal;
	/** Calls the function for each SIGHUP from now on. */
	onHangup(reload: () => void): void;
}

/** Runs until a signal, or until the daemon cannot go on: then it throws one line. */
export async function runDaemon(plan: DaemonPlan, options: DaemonOptions, signals: DaemonSignals): Promise<void> {
	const { log, surroundings } = options;
	const manager = new ServiceManager(surroundings.environment, log);
	const daemon = await Daemon.start(plan, options);
	let control: ControlSocket | undefined;
	try {
		if (plan.controlSocket !== undefined) {
			const reload = () => reloadAll(daemon, manager);
			control = await ControlSocket.open(plan.controlSocket, controlHandler(daemon, reload));
		}
		tellStart(daemon, log);
		signals.onHangup(() => void reloadAll(daemon, manager));
		await manager.ready(`watching ${plan.inputs.length} inputs`);
		const failure = await Promise.race([daemon.failed, aborted(signals.stop)]);
		if (failure !== undefined) throw new Error(failure);
		log.info("shutdown", "stopping: what was received is judged, receivers get what waits");
	} finally {
		await manager.stopping();
		await control?.close();
		await daemon.stop();
		log.flush();
	}
	log.info("shutdown", "stopped");
}

async function reloadAll(daemon: Daemon, manager: ServiceManager) {
	await manager.reloading();
	const report = await daemon.reload();
	await daemon.reopen();
	const words = `watching ${daemon.plan.inputs.length} inputs`;
	await manager.ready(report.ok ? words : `${words}; the changed configuration was refused`);
	return report;
}

function tellStart({ plan, surroundings, metricsPort, webAddress, store }: Daemon, log: Log): void {
	log.info("start", `decrypto ${surroundings.version} watches ${plan.inputs.length} inputs; store ${store.name}`);
	if (webAddress !== undefined) log.info("start", `web UI at ${webAddress}`);
	if (metricsPort !== undefined) log.info("start", `metrics at port ${metricsPort}`);
	for (const step of nextSteps(plan)) log.warn("start", step);
}

function aborted(signal: AbortSignal): Promise<undefined> {
	return new Promise((resolve) => {
		if (signal.aborted) resolve(undefined);
		signal.addEventListener("abort", () => resolve(undefined), { once: true });
	});
}
