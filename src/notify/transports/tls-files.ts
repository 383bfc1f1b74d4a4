import { readFileSync } from "node:fs";
import { inContext } from "../../bytes/error.ts";

export interface TlsContents {
	readonly ca?: Buffer;
	readonly cert?: Buffer;
	readonly key?: Buffer;
}

/** Certificates by path; read at each connection, so that renewed ones are used without a restart. */
export class TlsFiles {
	readonly #paths: { readonly ca?: string; readonly cert?: string; readonly key?: string };

	constructor(paths: { readonly ca?: string; readonly cert?: string; readonly key?: string }) {
		this.#paths = paths;
	}

	read(): TlsContents {
		const contents: { ca?: Buffer; cert?: Buffer; key?: Buffer } = {};
		for (const name of ["ca", "cert", "key"] as const) {
			const path = this.#paths[name];
			if (path !== undefined) contents[name] = readPem(path);
		}
		return contents;
	}
}

function readPem(path: string): Buffer {
	try {
		return readFileSync(path);
	} catch (error) {
		throw inContext(path, error);
	}
}
