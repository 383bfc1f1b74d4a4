import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { inContext } from "../bytes/error.ts";

/** Writes a file so that whoever reads it finds the old content or the new, never a part: beside it, synced, then renamed. */
export function replaceFile(path: string, content: string): void {
	const beside = `${path}.${process.pid}.new`;
	try {
		const descriptor = openSync(beside, "w");
		try {
			writeFileSync(descriptor, content);
			fsyncSync(descriptor);
		} finally {
			closeSync(descriptor);
		}
		renameSync(beside, path);
	} catch (error) {
		rmSync(beside, { force: true });
		throw inContext(path, error);
	}
}
