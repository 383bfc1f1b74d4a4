import { hostname } from "node:os";
import { fileURLToPath } from "node:url";
import type { Surroundings } from "../watch/surroundings.ts";
import { programVersion } from "./program-version.ts";

const DEFAULT_MODEL = fileURLToPath(new URL("../../models/default.model", import.meta.url));

/** What the daemon takes from this process. */
export function surroundingsHere(): Surroundings {
	return {
		environment: process.env,
		isRoot: process.getuid?.() === 0,
		stdout: process.stdout,
		version: programVersion(),
		sensor: hostname(),
		defaultModel: DEFAULT_MODEL,
		now: Date.now,
	};
}
