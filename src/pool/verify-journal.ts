import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { inContext } from "../bytes/error.ts";
import type { ProbeTarget } from "./probe-plan.ts";
import type { VerifiedPool } from "./verified-pool.ts";
import type { TargetResult } from "./verify-pools.ts";

/**
 * The results so far, in a file beside the output: a line of JSON per target, so that an interrupted run
 * continues and probes nobody twice. It is removed when the output is written.
 */
export class VerifyJournal {
	readonly path: string;
	readonly #settled = new Map<string, VerifiedPool | undefined>();

	constructor(output: string) {
		this.path = `${output}.unfinished`;
	}

	/** Reads the journal of an earlier run; ignores damaged or truncated lines. */
	load(): void {
		if (!existsSync(this.path)) return;
		for (const line of this.#read().split("\n")) {
			try {
				const entry = JSON.parse(line) as { address: string; port: number; verified?: VerifiedPool };
				if (typeof entry.address === "string") this.#settled.set(keyOf(entry), entry.verified);
			} catch {
				// The run may have been killed during a write.
			}
		}
		// The next line must not be joined to a truncated one.
		this.#append("\n");
	}

	/** Removes all results: the run starts again from the beginning. */
	clear(): void {
		this.#settled.clear();
		rmSync(this.path, { force: true });
	}

	isSettled(target: ProbeTarget): boolean {
		return this.#settled.has(keyOf(target));
	}

	get settled(): number {
		return this.#settled.size;
	}

	add(result: TargetResult): void {
		if ("failure" in result && result.failure === "interrupted") return;
		const verified = "verified" in result ? result.verified : undefined;
		const { address, port } = result.target;
		this.#settled.set(keyOf(result.target), verified);
		this.#append(`${JSON.stringify({ address, port, ...(verified && { verified }) })}\n`);
	}

	/** Pools verified in this run and the earlier ones. */
	verified(): VerifiedPool[] {
		return [...this.#settled.values()].filter((pool) => pool !== undefined);
	}

	#read(): string {
		try {
			return readFileSync(this.path, "utf8");
		} catch (error) {
			throw inContext(this.path, error);
		}
	}

	#append(text: string): void {
		try {
			if (existsSync(this.path)) appendFileSync(this.path, text);
			else writeFileSync(this.path, text, { mode: 0o600 });
		} catch (error) {
			throw inContext(this.path, error);
		}
	}
}

function keyOf({ address, port }: { readonly address: string; readonly port: number }): string {
	return `${address} ${port}`;
}
