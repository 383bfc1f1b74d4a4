import { existsSync, statSync, unlinkSync } from "node:fs";
import { createConnection } from "node:net";
import { DeCryptoError } from "../bytes/error.ts";

/** `sun_path` holds 108 bytes, the last of them NUL. */
const PATH_LENGTH_MAX = 107;

/** Directory of TRAP sockets: the given one (`TRAP_SOCKET_DIR`), else that of NEMEA's packages, else `/tmp`. */
export function socketDirectoryOf(asked?: string): string {
	if (asked) return asked;
	return existsSync("/run/libtrap") ? "/run/libtrap" : "/tmp";
}

/** The path of an interface's socket. Throws (code `failed`) where the system allows no path so long. */
export function socketPath(directory: string, socketName: string): string {
	return checked(`${directory}/trap-${socketName}.sock`);
}

/** The path of a module's service socket, by which the supervisor and `trap_stats` ask for counters. */
export function servicePath(directory: string, processId: number): string {
	return checked(`${directory}/trap-service_${processId}.sock`);
}

/**
 * Removes a stale socket at `path`. Throws (code `failed`) if another program still serves it; the reference would take
 * over the name.
 */
export async function removeStaleSocket(path: string): Promise<void> {
	if (!existsSync(path)) return;
	if (!statSync(path).isSocket()) throw new DeCryptoError("failed", `${path}: exists and is not a socket`, { path });
	if (await isServed(path)) throw new DeCryptoError("failed", `${path}: another program serves it`, { path });
	removeSocket(path);
}

export function removeSocket(path: string): void {
	try {
		unlinkSync(path);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
	}
}

function isServed(path: string): Promise<boolean> {
	return new Promise((resolve) => {
		const probe = createConnection(path);
		const answer = (served: boolean) => {
			probe.destroy();
			resolve(served);
		};
		probe.once("connect", () => answer(true));
		probe.once("error", () => answer(false));
	});
}

function checked(path: string): string {
	if (Buffer.byteLength(path) <= PATH_LENGTH_MAX) return path;
	throw new DeCryptoError("failed", `${path}: longer than the ${PATH_LENGTH_MAX} bytes a socket's path can have`, {
		path,
	});
}
