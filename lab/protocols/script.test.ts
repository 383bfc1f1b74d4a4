import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { conversationOf, type Process, Script } from "./script.ts";

const rounded = (script: Script, duration: number) =>
	script.run(duration).map(({ at, from, length }) => [Number(at.toFixed(6)), from, length]);

describe("a script", () => {
	it("lets its processes run side by side, each at its own pace", () => {
		const script = new Script(0);
		const every = function* (seconds: number, length: number): Process {
			for (;;) {
				yield seconds;
				script.clientLength(length);
			}
		};
		script.start(every(2, 10));
		script.start(every(3, 20));
		assert.deepEqual(rounded(script, 6), [
			[2, "client", 10],
			[3, "client", 20],
			[4, "client", 10],
			[6, "client", 20],
			[6, "client", 10],
		]);
	});

	it("answers a call one way and the server's thinking later, and goes on when the answer has come", () => {
		const script = new Script(0.1);
		const caller = function* (): Process {
			yield* script.call("ask", () => "answer", 0.05);
			script.client("done");
		};
		script.start(caller());
		assert.deepEqual(rounded(script, 10), [
			[0, "client", 3],
			[0.15, "server", 6],
			[0.25, "client", 4],
		]);
	});

	it("ends when its time is over, though a process waits for ever", () => {
		const script = new Script(0);
		const waiter = function* (): Process {
			script.serverLength(1);
			yield Number.POSITIVE_INFINITY;
			script.serverLength(2);
		};
		script.start(waiter());
		const conversation = conversationOf(script, 30, { label: "Other", kind: "waiting", serverPort: 9 });
		assert.equal(conversation.messages.length, 1);
		assert.equal(conversation.closesAt, 30);
		assert.equal(conversation.transport, "tcp");
	});
});
