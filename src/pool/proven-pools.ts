import { existsSync, readFileSync } from "node:fs";
import { inContext } from "../bytes/error.ts";
import { replaceFile } from "../bytes/output-file.ts";
import { readVerified, type VerifiedPool, verifiedCsv } from "./verified-pool.ts";

/**
 * The list of servers that a probe proved to be pools, in the format of `decrypto pools verify`: used as a list of
 * pools, it names the flows of these servers, also for training. Each proof replaces the previous one of the same
 * address and port.
 */
export class ProvenPools {
	readonly #path: string;

	constructor(path: string) {
		this.#path = path;
	}

	/** Throws if the file has another format or cannot be written; the file is then unchanged. */
	add(pool: VerifiedPool): void {
		const others = this.#read().filter(({ address, port }) => address !== pool.address || port !== pool.port);
		replaceFile(this.#path, verifiedCsv([...others, pool]));
	}

	#read(): VerifiedPool[] {
		if (!existsSync(this.#path)) return [];
		try {
			return readVerified(readFileSync(this.#path, "utf8"), this.#path);
		} catch (error) {
			throw inContext(this.#path, error);
		}
	}
}
