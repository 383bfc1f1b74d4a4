import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { inContext } from "../../bytes/error.ts";
import { stableUuid } from "../stable-uuid.ts";
import type { Message, Transport } from "../transport.ts";

/**
 * One file per message in a directory, for the Warden filer and others that watch one. A file appears whole: it is
 * written under `tmp/` and renamed into `incoming/`. A repeated message replaces its own file.
 */
export class SpoolTransport implements Transport {
	readonly #directory: string;
	readonly #extension: string;

	constructor(directory: string, extension: string) {
		this.#directory = directory;
		this.#extension = extension;
	}

	async send({ notifications, body }: Message): Promise<void> {
		const name = `${stableUuid(notifications.map(({ id }) => id).join(" "))}.${this.#extension}`;
		await writeSpoolFile(this.#directory, name, body);
	}

	async close(): Promise<void> {}
}

/** Writes `directory/incoming/name` by way of `directory/tmp/`. */
export async function writeSpoolFile(directory: string, name: string, body: string): Promise<void> {
	const unfinished = join(directory, "tmp", name);
	try {
		await mkdir(join(directory, "tmp"), { recursive: true });
		await mkdir(join(directory, "incoming"), { recursive: true });
		const file = await open(unfinished, "w", 0o640);
		try {
			await file.writeFile(body);
			await file.sync();
		} finally {
			await file.close();
		}
		await rename(unfinished, join(directory, "incoming", name));
	} catch (error) {
		await rm(unfinished, { force: true }).catch(() => undefined);
		throw inContext(directory, error);
	}
}
