import assert from "node:assert/strict";
import { test } from "node:test";
import { sightingAt } from "../incident/sighting.testing.ts";
import type { Change } from "./api-types.ts";
import { ChangeHub } from "./change-hub.ts";
import { startServer, type TestServer, threeHosts } from "./client.testing.ts";
import type { DaemonView } from "./daemon-view.ts";

/** The events of a stream as they come: `event:` and the parsed `data:`. */
async function* eventsOf(response: Response): AsyncGenerator<{ event: string; data: Change }> {
	let rest = "";
	for await (const bytes of response.body!.pipeThrough(new TextDecoderStream())) {
		const blocks = (rest + bytes).split("\n\n");
		rest = blocks.pop()!;
		for (const block of blocks) {
			const event = /^event: (.*)$/m.exec(block)?.[1];
			const data = /^data: (.*)$/m.exec(block)?.[1];
			if (event !== undefined && data !== undefined) yield { event, data: JSON.parse(data) as Change };
		}
	}
}

async function listen(server: TestServer, headers: Record<string, string> = {}) {
	const aborting = new AbortController();
	const response = await fetch(new URL("api/v1/events", server.server.url), { headers, signal: aborting.signal });
	return { response, events: eventsOf(response), abort: () => aborting.abort() };
}

test("clients are told of incidents, remarks and allowlist entries as they happen", async (t) => {
	const server = await startServer(t);
	const { response, events, abort } = await listen(server);
	assert.deepEqual(
		[response.status, response.headers.get("content-type"), response.headers.get("cache-control")],
		[200, "text/event-stream", "no-cache"],
	);
	const begin = performance.now();
	await server.daemon.see(threeHosts().slice(0, 1));
	const opened = (await events.next()).value!;
	t.diagnostic(`from the sighting to the client: ${(performance.now() - begin).toFixed(0)} ms`);
	assert.equal(opened.event, "incident");
	assert.ok(opened.data.type === "incident");
	assert.deepEqual([opened.data.event.kind, opened.data.incident.host.address], ["opened", "10.3.7.21"]);
	const incidents = [opened.data.incident.id];
	await server.call("POST", "/incidents/actions", { body: { incidents, action: { action: "note", text: "seen" } } });
	assert.deepEqual((await events.next()).value!.data, { type: "remark", incident: incidents[0] });
	await server.call("POST", "/allowlist", { body: { reason: "r", owner: "o", hosts: ["10.9.9.9"] } });
	assert.deepEqual((await events.next()).value!.data, { type: "allowlist" });
	assert.equal(server.server.counters.streams, 1);
	abort();
	for (let i = 0; i < 100 && server.server.counters.streams > 0; i++)
		await new Promise((resolve) => setTimeout(resolve, 20));
	assert.equal(server.server.counters.streams, 0);
});

test("every change matches the schema of the document", async (t) => {
	const server = await startServer(t);
	const { events, abort } = await listen(server);
	await server.daemon.see(threeHosts());
	for (let i = 0; i < 3; i++) {
		const { data } = (await events.next()).value!;
		server.checker.checkSchema("Change", data);
	}
	abort();
});

test("a stream ends when its session has ended, and when the server stops", async (t) => {
	const server = await startServer(t, { users: { alice: "operator" }, heartbeat: 50 });
	const session = await server.login("alice");
	const first = await listen(server, { cookie: session.cookie });
	await server.call("DELETE", "/session", { session });
	assert.equal((await first.events.next()).done, true);
	const { cookie } = await server.login("alice");
	const second = await listen(server, { cookie });
	server.server.stop();
	assert.equal((await second.events.next()).done, true);
});

test("a client that does not read costs bounded memory and is told how many changes it lost", async () => {
	let tell: Parameters<DaemonView["subscribe"]>[0] = () => {};
	const view = {
		subscribe: (listener: typeof tell) => {
			tell = listener;
			return () => {};
		},
	};
	using hub = new ChangeHub(view as DaemonView);
	const stream = hub.open();
	for (let i = 0; i < 600; i++) tell({ type: "status" });
	const texts: string[] = [];
	for (;;) {
		const change = await stream.next(1);
		if (change === "quiet" || change === undefined) break;
		texts.push(change.text);
	}
	assert.equal(texts.length, 501);
	assert.equal(texts.at(-1), '{"type":"lost","changes":100}');
	tell({ type: "status" });
	assert.deepEqual(await stream.next(1), { type: "status", text: '{"type":"status"}' });
	hub.close(stream);
	assert.equal(await stream.next(1), undefined);
	assert.equal(hub.size, 0);
});

test("many clients hear the same change", async (t) => {
	const server = await startServer(t);
	const clients = await Promise.all(Array.from({ length: 20 }, () => listen(server)));
	await server.daemon.see([sightingAt(0)]);
	const heard = await Promise.all(clients.map(async ({ events }) => (await events.next()).value!.event));
	assert.deepEqual(new Set(heard), new Set(["incident"]));
	for (const { abort } of clients) abort();
});
