import { join } from "node:path";
import type { Writable } from "node:stream";

/** What the daemon takes from the process that it runs in. */
export interface Surroundings {
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly isRoot: boolean;
	readonly stdout: Writable;
	readonly version: string;
	/** The sensor's name in notifications. */
	readonly sensor: string;
	/** The model that comes with the program, and its file of well-known pools, if any. */
	readonly defaultModel: string;
	/** The clock in milliseconds since the epoch. */
	now(): number;
}

type Places = Pick<Surroundings, "environment" | "isRoot">;

/** Where incidents are kept: systemd's `StateDirectory=`, else the usual place of the system or the user. */
export function stateDirectory({ environment, isRoot }: Places): string {
	const { STATE_DIRECTORY, XDG_STATE_HOME, HOME } = environment;
	if (STATE_DIRECTORY) return STATE_DIRECTORY.split(":", 1)[0]!;
	if (isRoot) return "/var/lib/decrypto";
	return join(XDG_STATE_HOME || join(HOME || ".", ".local", "state"), "decrypto");
}

/** Where the control socket is: systemd's `RuntimeDirectory=`, else the usual place of the system or the user. */
export function runtimeDirectory(places: Places): string {
	const { RUNTIME_DIRECTORY, XDG_RUNTIME_DIR } = places.environment;
	if (RUNTIME_DIRECTORY) return RUNTIME_DIRECTORY.split(":", 1)[0]!;
	if (places.isRoot) return "/run/decrypto";
	return XDG_RUNTIME_DIR ? join(XDG_RUNTIME_DIR, "decrypto") : stateDirectory(places);
}

/** The socket where no configuration names another. */
export function defaultControlSocket(places: Places): string {
	return join(runtimeDirectory(places), "control.sock");
}
