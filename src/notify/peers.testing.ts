import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./testing.ts";

/** The `skip` option of a test with a real peer: `false`, or a sentence that names the missing programs. */
export function needsProgram(...paths: readonly string[]): false | string {
	const missing = paths.filter((path) => !existsSync(path));
	return missing.length === 0 ? false : `needs ${missing.join(", ")}`;
}

/** A TCP port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await new Promise((resolve) => server.once("listening", resolve));
	const { port } = server.address() as { port: number };
	await new Promise((resolve) => server.close(resolve));
	return port;
}

/** A directory that disappears with its owner. */
export class WorkFolder implements Disposable {
	readonly path = mkdtempSync(join(tmpdir(), "decrypto-notify-"));

	join(...parts: readonly string[]): string {
		return join(this.path, ...parts);
	}

	[Symbol.dispose](): void {
		rmSync(this.path, { recursive: true, force: true });
	}
}

/** A peer of this test alone: started by it, and ended with it. */
export class Peer implements AsyncDisposable {
	readonly #child: ChildProcess;
	output = "";

	constructor(program: string, args: readonly string[]) {
		this.#child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
		for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
			stream.on("data", (bytes: Buffer) => {
				this.output += bytes.toString();
			});
		}
	}

	/** Resolves when the peer listens on the TCP port. */
	async listening(port: number): Promise<this> {
		await eventually(() => {
			if (this.#child.exitCode !== null) throw new Error(`the peer ended: ${this.output}`);
			return canConnect(port);
		}, 20_000);
		return this;
	}

	async kill(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
		if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
		const ended = new Promise((resolve) => this.#child.once("exit", resolve));
		this.#child.kill(signal);
		const timer = setTimeout(() => this.#child.kill("SIGKILL"), 3000);
		await ended;
		clearTimeout(timer);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.kill();
	}
}

function canConnect(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, "127.0.0.1");
		socket.on("connect", () => {
			socket.destroy();
			resolve(true);
		});
		socket.on("error", () => resolve(false));
	});
}

/** A certificate of `localhost`, signed by itself. */
export function makeCertificate(folder: WorkFolder): { cert: string; key: string } {
	const [cert, key] = [folder.join("cert.pem"), folder.join("key.pem")];
	const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
	const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...subject];
	execFileSync("openssl", [...request, "-keyout", key, "-out", cert], { stdio: "ignore" });
	return { cert, key };
}
