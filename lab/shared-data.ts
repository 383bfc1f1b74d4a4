import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Reference data (captures, golden answers) are in a folder next to the checkout, or in the folder that DECRYPTO_SHARED
 * names. They are not part of the project: tests that need them are skipped with a message if they are absent.
 */
const root = process.env.DECRYPTO_SHARED ?? fileURLToPath(new URL("../../shared", import.meta.url));

/** The path of a file or folder of the reference data, or undefined if it is absent. */
export function sharedPath(relative: string): string | undefined {
	const path = `${root}/${relative}`;
	return existsSync(path) ? path : undefined;
}

/** The `skip` option of a test that needs it: `false`, or a sentence with the reason. */
export function needsShared(relative: string): false | string {
	return sharedPath(relative) === undefined ? `needs the reference data ../shared/${relative}` : false;
}
