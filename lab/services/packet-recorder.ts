import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, createWriteStream, rmSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

/** Bytes kept of a packet: the headers and the first bytes of a handshake. Lengths are read from the IP header. */
const SNAP_LENGTH = 120;

/** Captures the loopback interface with tcpdump until it is stopped. */
export class PacketRecorder {
	readonly #child: ChildProcess;
	readonly #path: string;

	private constructor(child: ChildProcess, path: string) {
		this.#child = child;
		this.#path = path;
	}

	/** Begins to record TCP packets of these ports to `path`, a pcap file. Resolves when tcpdump captures. */
	static async start(path: string, firstPort: number, lastPort: number): Promise<PacketRecorder> {
		const filter = `tcp portrange ${firstPort}-${lastPort}`;
		const options = ["-i", "lo", "-n", "-U", "-Z", "root", "-s", String(SNAP_LENGTH), "-B", "16384", "-w", path];
		const child = spawn("tcpdump", [...options, filter], { stdio: ["ignore", "ignore", "pipe"] });
		await once(child.stderr!, "data");
		return new PacketRecorder(child, path);
	}

	/** Ends the capture and compresses it. Returns the path of the compressed file. */
	async stop(): Promise<string> {
		this.#child.kill("SIGINT");
		await once(this.#child, "exit");
		const compressed = `${this.#path}.gz`;
		await pipeline(createReadStream(this.#path), createGzip(), createWriteStream(compressed));
		rmSync(this.#path);
		return compressed;
	}
}
