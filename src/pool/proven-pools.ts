import { existsSync, readFileSync } from "node:fs";
import { inContext } from "../bytes/error.ts";
import { replaceFile } from "../bytes/output-file.ts";
import { readVerified, type VerifiedPool, verifiedCsv } from "./verified-pool.ts";

/**
 * The list of servers that a probe proved to be pools, as `decrypto pools verify` writes it: used as a list of pools, it
 * names the flows of these servers, for training too. Each proof replaces the one before of the same address and port.
 */
export class ProvenPools {
	readonly #path: string;

	constructor(path: string) {
		this.#path = path;
	}

	/** Throws where the file holds something else or cannot be written; the file then stays as it is. */
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
