import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { test } from "node:test";
import { alertmanagerFormat } from "../formats/alertmanager.ts";
import { createNotification } from "../notification.ts";
import { freePort, needsProgram, Peer, WorkFolder } from "../peers.testing.ts";
import { eventually, sampleEvent, sampleIncident } from "../testing.ts";
import { HttpTransport } from "./http.ts";

const ALERTMANAGER = "/usr/bin/prometheus-alertmanager";

interface Webhook {
	readonly status: string;
	readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[];
}

test("Alertmanager: the alert appears, fires once and resolves when the incident closes", {
	skip: needsProgram(ALERTMANAGER),
}, async () => {
	using folder = new WorkFolder();
	const hooks: Webhook[] = [];
	const hook = createServer(async (request, response) => {
		let body = "";
		for await (const chunk of request) body += chunk;
		hooks.push(JSON.parse(body));
		response.end();
	}).listen(0, "127.0.0.1");
	await new Promise((resolve) => hook.once("listening", resolve));
	const hookUrl = `http://127.0.0.1:${(hook.address() as { port: number }).port}/`;
	const port = await freePort();
	const route = {
		receiver: "hook",
		group_by: ["incident"],
		group_wait: "0s",
		group_interval: "1s",
		repeat_interval: "1h",
	};
	const receivers = [{ name: "hook", webhook_configs: [{ url: hookUrl, send_resolved: true }] }];
	writeFileSync(folder.join("am.yml"), JSON.stringify({ route, receivers }));
	await using peer = new Peer(ALERTMANAGER, [
		`--config.file=${folder.join("am.yml")}`,
		`--storage.path=${folder.join("data")}`,
		`--web.listen-address=127.0.0.1:${port}`,
		"--cluster.listen-address=",
	]);
	await peer.listening(port);
	const url = `http://127.0.0.1:${port}/api/v2/alerts`;
	const transport = new HttpTransport(new URL(url));
	const sender = { sensor: "sensor-1", version: "1", now: Date.now };
	const opened = (Date.now() - 600_000) * 1000;
	const send = async (changes: Parameters<typeof sampleIncident>[0], kind: "opened" | "escalated" | "closed") => {
		const incident = sampleIncident({ opened, ...changes });
		const notification = createNotification(sampleEvent({ kind, at: Date.now() * 1000, incident }));
		const body = alertmanagerFormat.encode(notification, sender);
		await transport.send(
			{ notifications: [notification], body, contentType: "application/json" },
			AbortSignal.timeout(5000),
		);
	};
	await send({ confidence: "suspected", sequence: 1 }, "opened");
	await eventually(() => hooks.length === 1);
	await send({ confidence: "confirmed", sequence: 2, flows: 100 }, "escalated");
	await send({ confidence: "confirmed", sequence: 2, flows: 100 }, "escalated");
	const alerts = (await (await fetch(url)).json()) as {
		annotations: Record<string, string>;
		status: { state: string };
	}[];
	assert.equal(alerts.length, 1);
	assert.equal(alerts[0]!.annotations.confidence, "confirmed");
	assert.equal(alerts[0]!.status.state, "active");
	await new Promise((resolve) => setTimeout(resolve, 2500));
	assert.equal(hooks.length, 1, "it fired again");
	await send({ state: "closed", closed: Date.now() * 1000, sequence: 3 }, "closed");
	await eventually(() => hooks.length === 2, 15_000);
	assert.deepEqual(
		hooks.map(({ status }) => status),
		["firing", "resolved"],
	);
	assert.equal(hooks[1]!.alerts[0]!.labels.incident, sampleIncident().id);
	hook.close();
});
