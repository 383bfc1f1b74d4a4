import assert from "node:assert/strict";
import { test } from "node:test";
import { addressBytes } from "../../flow/address.ts";
import { openTrapInput } from "../../nemea/index.ts";
import { ALERT_TEMPLATE, decodeAlert, unirecTime } from "../aggregator/alert-record.ts";
import { createNotification } from "../notification.ts";
import { WorkFolder } from "../peers.testing.ts";
import { SAMPLE_TIME, sampleEvent, sampleIncident, samplePool } from "../testing.ts";
import { TrapTransport } from "./trap.ts";

test("a NEMEA receiver gets one record of the aggregator per pool of the incident", async () => {
	using folder = new WorkFolder();
	const pools = [samplePool(), samplePool({ key: "2001:db8::9", address: "2001:db8::9", port: 443 })];
	const notification = createNotification(sampleEvent({ incident: sampleIncident({ pools }) }));
	const transport = new TrapTransport("u:alerts:timeout=WAIT", folder.path);
	const sending = transport.send(
		{ notifications: [notification], body: "", contentType: "" },
		AbortSignal.timeout(10_000),
	);
	const input = openTrapInput("u:alerts", { socketDirectory: folder.path, retryMs: 20 });
	const alerts = [];
	for await (const { template, bytes, begins, ends, length } of input) {
		assert.equal(template.text, ALERT_TEMPLATE.text);
		for (let i = 0; i < length; i++) alerts.push(decodeAlert(bytes.slice(begins[i], ends[i])));
		if (alerts.length >= 2) break;
	}
	await sending;
	await transport.close();
	assert.deepEqual(alerts[0], {
		source: addressBytes("10.20.30.40"),
		destination: addressBytes("203.0.113.77"),
		sourcePort: 0,
		destinationPort: 3333,
		flows: 12n,
		bytes: 44_710n,
		packets: 238n,
		eventTime: unirecTime(SAMPLE_TIME - 480_000_000),
		ceaseTime: unirecTime(SAMPLE_TIME),
		detectTime: unirecTime(SAMPLE_TIME),
		windowStart: unirecTime(SAMPLE_TIME - 480_000_000),
		windowEnd: unirecTime(SAMPLE_TIME),
		stratum: 2,
		dst: 0,
		ml: 10,
		rotated: false,
		serverName: new Uint8Array(Buffer.from("xmr.pool.example")),
	});
	assert.deepEqual(alerts[1]!.destination, addressBytes("2001:db8::9"));
});

test("an attempt without a NEMEA receiver ends in time, and the next one delivers", async () => {
	using folder = new WorkFolder();
	const message = { notifications: [createNotification(sampleEvent())], body: "", contentType: "" };
	const transport = new TrapTransport("u:alerts:timeout=WAIT", folder.path);
	await assert.rejects(transport.send(message, AbortSignal.timeout(200)), /^DeCryptoError: u:alerts/);
	const sending = transport.send(message, AbortSignal.timeout(10_000));
	let records = 0;
	for await (const { length } of openTrapInput("u:alerts", { socketDirectory: folder.path, retryMs: 20 })) {
		records += length;
		if (records > 0) break;
	}
	await sending;
	await transport.close();
	assert.equal(records, 1);
});
