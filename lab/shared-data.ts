import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * Reference data (captures, golden answers) stand in a folder beside the checkout, or where DECRYPTO_SHARED says.
 * They are no part of the project: what needs them is skipped where they are absent, and says so.
 */
const root = process.env.DECRYPTO_SHARED ?? fileURLToPath(new URL("../../shared", import.meta.url));

/** The path of a file or folder of the reference data, or undefined where it is absent. */
export function sharedPath(relative: string): string | undefined {
	const path = `${root}/${relative}`;
	return existsSync(path) ? path : undefined;
}

/** The `skip` option of a test that needs it: `false`, or a sentence that says what is skipped. */
export function needsShared(relative: string): false | string {
	return sharedPath(relative) === undefined ? `needs the reference data ../shared/${relative}` : false;
}
