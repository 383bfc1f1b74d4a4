import { openByteSource } from "../bytes/byte-source.ts";
import { Rotation } from "../meter/rotation.ts";
import type { InputList, NamedInput } from "./input-list.ts";

/** A file may begin a little before the last one's last packet: several queues of a card are not in strict order. */
const OVERLAP = 1e6;

/**
 * Rotations of the directories in a list of inputs: a file continues the one before where both are of one directory and it
 * begins within `inactiveTimeout` seconds after the other's end. Captures that have nothing to do with each other do not.
 */
export class DirectoryRotation {
	readonly #inputs: Pick<InputList, "peek">;
	readonly #gap: number;
	#directory: string | undefined;
	#rotation: Rotation | undefined;

	constructor(inputs: Pick<InputList, "peek">, inactiveTimeout: number) {
		this.#inputs = inputs;
		this.#gap = inactiveTimeout * 1e6;
	}

	/** The rotation that this input is a part of; undefined for one that was named itself. */
	of({ directory }: NamedInput): Rotation | undefined {
		if (directory !== this.#directory) {
			this.#directory = directory;
			this.#rotation = directory === undefined ? undefined : new Rotation((time) => this.#continues(directory, time));
		}
		return this.#rotation;
	}

	async #continues(directory: string, time: number): Promise<boolean> {
		const next = this.#inputs.peek();
		if (next?.directory !== directory) return false;
		const { firstPacketTime } = await import("../capture/first-packet-time.ts");
		const begins = await firstPacketTime(openByteSource(next.name));
		return begins !== undefined && begins >= time - OVERLAP && begins < time + this.#gap;
	}
}
