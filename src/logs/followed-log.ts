import { setTimeout as sleep } from "node:timers/promises";
import { inContext } from "../bytes/error.ts";
import { LiveLog, type LogFeed } from "./live-log.ts";
import type { LogTarget } from "./log-reader.ts";
import { LogStream } from "./log-stream.ts";
import { TailedFile } from "./tailed-file.ts";
import { zeekSiblingPaths } from "./zeek-siblings.ts";

const CHUNK_SIZE = 1 << 18;
const POLL_MS = 250;

/**
 * Follows a log from its beginning, over rotations. Zeek's other logs beside a `conn.log` are followed with it: each time
 * they are read first, because Zeek writes a connection down when it ends.
 */
export function followLog(path: string): LiveLog {
	return new LiveLog(path, feedOf([...zeekSiblingPaths(path), path]));
}

function feedOf(paths: readonly string[]): LogFeed {
	return async function* (target, signal) {
		const files = paths.map((path) => new FollowedFile(path, target));
		try {
			while (!signal.aborted) {
				let hasMore = false;
				for (const file of files) {
					while (!signal.aborted && (await file.readOn())) {
						hasMore = true;
						yield;
					}
				}
				if (!hasMore) await sleep(POLL_MS, undefined, { signal }).catch(() => {});
			}
		} finally {
			for (const file of files) await file.close();
			yield;
		}
	};
}

class FollowedFile {
	readonly #file: TailedFile;
	readonly #target: LogTarget;
	readonly #chunk = new Uint8Array(CHUNK_SIZE);
	#stream: LogStream;

	constructor(path: string, target: LogTarget) {
		this.#file = new TailedFile(path);
		this.#target = target;
		this.#stream = new LogStream(target);
	}

	/** Reads the next piece; false where nothing has come. */
	async readOn(): Promise<boolean> {
		const count = this.#read();
		if (count < 0) {
			await this.#stream.end();
			this.#stream = new LogStream(this.#target);
			return true;
		}
		this.#target.counters.bytesRead += count;
		await this.#stream.add(this.#chunk.subarray(0, count));
		return count > 0;
	}

	async close(): Promise<void> {
		this.#file.close();
		await this.#stream.end();
	}

	#read(): number {
		try {
			return this.#file.read(this.#chunk);
		} catch (error) {
			throw inContext(this.#file.path, error);
		}
	}
}
