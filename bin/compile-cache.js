import { mkdirSync, statSync } from "node:fs";
import * as module from "node:module";
import { join } from "node:path";

/**
 * Keeps compiled code in the user's own cache directory, which halves the time of the next start. The directory must
 * belong to the user, because its content is executed: it is not used if `HOME` belongs to another user, as under some
 * `sudo`. NODE_DISABLE_COMPILE_CACHE=1 disables it.
 */
export function useCompileCache() {
	const { HOME, XDG_CACHE_HOME, NODE_COMPILE_CACHE } = process.env;
	if (NODE_COMPILE_CACHE || !HOME || statSync(HOME, { throwIfNoEntry: false })?.uid !== process.getuid?.()) return;
	const caches = XDG_CACHE_HOME || join(HOME, ".cache");
	const directory = join(caches, "decrypto");
	if (!made(caches) || !made(directory)) return;
	module.enableCompileCache?.(directory);
	// Threads read this variable.
	process.env.NODE_COMPILE_CACHE = directory;
}

function made(directory) {
	try {
		mkdirSync(directory, { mode: 0o700 });
		return true;
	} catch (error) {
		return error.code === "EEXIST";
	}
}
