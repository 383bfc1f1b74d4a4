import { connect } from "node:net";
import { DeCryptoError, inContext } from "../bytes/error.ts";
import type { ControlAnswer, ControlRequest } from "./control-messages.ts";

const PATIENCE_MS = 60_000;

/** Asks the daemon at the socket. Throws one line if it does not run, or refuses. */
export async function askDaemon(path: string, request: ControlRequest): Promise<unknown> {
	const answer = JSON.parse(await exchange(path, `${JSON.stringify(request)}\n`)) as ControlAnswer;
	if ("error" in answer) throw new DeCryptoError("control", answer.error);
	return answer.result;
}

function exchange(path: string, line: string): Promise<string> {
	return new Promise((resolve, reject) => {
		const socket = connect(path, () => socket.write(line));
		let text = "";
		const fail = (error: Error): void => {
			socket.destroy();
			reject(error);
		};
		socket.setEncoding("utf8");
		socket.setTimeout(PATIENCE_MS, () => fail(new DeCryptoError("control", `${path}: no answer`)));
		socket.on("error", (error: NodeJS.ErrnoException) => {
			const isAbsent = error.code === "ENOENT" || error.code === "ECONNREFUSED";
			const reason = `${path}: no decrypto watch listens there; --socket names another place`;
			fail(isAbsent ? new DeCryptoError("control", reason) : inContext(path, error));
		});
		socket.on("close", () => fail(new DeCryptoError("control", `${path}: the daemon closed the connection`)));
		socket.on("data", (part: string) => {
			text += part;
			if (!text.endsWith("\n")) return;
			resolve(text);
			socket.destroy();
		});
	});
}
