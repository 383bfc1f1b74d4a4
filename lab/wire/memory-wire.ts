import { Duplex } from "node:stream";
import type { Message } from "../conversation.ts";

/** The data that one end wrote, joined over writes without one of the other end between them. */
export interface Written {
	readonly from: Message["from"];
	readonly bytes: Uint8Array;
}

/** Two streams, each of which reads the data written to the other, and a record of all data. */
export class MemoryWire {
	readonly client: Duplex = this.#end("client", () => this.server);
	readonly server: Duplex = this.#end("server", () => this.client);
	#written: Written[] = [];

	/** The data written since the last call. */
	take(): Written[] {
		const joined: { from: Message["from"]; parts: Uint8Array[] }[] = [];
		for (const { from, bytes } of this.#written) {
			const last = joined.at(-1);
			if (last?.from === from) last.parts.push(bytes);
			else joined.push({ from, parts: [bytes] });
		}
		this.#written = [];
		return joined.map(({ from, parts }) => ({ from, bytes: Buffer.concat(parts) }));
	}

	/** Waits until `done` returns true, and until several event-loop turns have passed without a write. */
	async settle(done: () => boolean): Promise<void> {
		let before = this.#written.length;
		for (let quiet = 0, turns = 0; quiet < QUIET_TURNS || !done(); turns++) {
			if (turns > MAXIMUM_TURNS) throw new Error("the ends of the wire do not come to rest");
			await new Promise((resolve) => setImmediate(resolve));
			quiet = this.#written.length === before ? quiet + 1 : 0;
			before = this.#written.length;
		}
	}

	#end(from: Message["from"], other: () => Duplex): Duplex {
		return new Duplex({
			read() {},
			write: (chunk: Buffer, _encoding, done) => {
				this.#written.push({ from, bytes: Uint8Array.from(chunk) });
				other().push(chunk);
				done();
			},
			final: (done) => {
				other().push(null);
				done();
			},
		});
	}
}

const QUIET_TURNS = 4;
const MAXIMUM_TURNS = 10_000;
