import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { words } from "./filler.ts";
import type { OrdinaryParameters } from "./ordinary-parameters.ts";
import { conversationOf, type Process, Script } from "./script.ts";

/**
 * An editor connected to a language server over TCP: JSON-RPC 2.0 as in mining, with other methods and a length before
 * each message.
 */
export function languageServer(random: Random, parameters: OrdinaryParameters): Conversation {
	const script = new Script(parameters.latency);
	const uri = "file:///home/user/project/main.ts";
	let id = 0;
	const message = (content: object) => {
		const body = JSON.stringify({ jsonrpc: "2.0", ...content });
		return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
	};
	const ask = (method: string, params: object, result: () => unknown, think: number): Process => {
		const own = id++;
		return script.call(message({ id: own, method, params }), () => message({ id: own, result: result() }), think);
	};
	const position = () => ({ line: random.integer(0, 400), character: random.integer(0, 80) });
	const items = () =>
		words(random, random.integer(5, 60))
			.split(" ")
			.map((label) => ({ label, kind: random.integer(1, 25) }));
	const editor = function* (): Process {
		yield* ask("initialize", { processId: 4711, rootUri: uri, capabilities: {} }, () => ({ capabilities: {} }), 0.2);
		script.client(message({ method: "initialized", params: {} }));
		script.client(
			message({
				method: "textDocument/didOpen",
				params: { textDocument: { uri, version: 1, text: words(random, 800) } },
			}),
		);
		for (let version = 2; ; ) {
			for (let edits = random.integer(1, 12); edits > 0; edits--, version++) {
				script.client(message({ method: "textDocument/didChange", params: { textDocument: { uri, version } } }));
				script.start(
					ask(
						"textDocument/completion",
						{ textDocument: { uri }, position: position() },
						items,
						random.logNormal(0.03, 0.8),
					),
				);
				yield random.logNormal(0.4, 0.7);
			}
			script.server(message({ method: "textDocument/publishDiagnostics", params: { uri, diagnostics: [] } }));
			yield* ask(
				"textDocument/hover",
				{ textDocument: { uri }, position: position() },
				() => ({ contents: words(random, 30) }),
				0.01,
			);
			yield random.logNormal(15, 1);
		}
	};
	script.start(editor());
	return conversationOf(script, parameters.duration, {
		label: "Other",
		kind: "json-rpc to a language server",
		serverPort: parameters.serverPort ?? 2087,
	});
}
