import assert from "node:assert/strict";
import { test } from "node:test";
import { createCounters } from "../bytes/counters.ts";
import { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import { DatagramSessions } from "./datagram-sessions.ts";
import { FlowDecoder } from "./flow-decoder.ts";
import { message, SMALL_FLOW, set, smallFlow, template } from "./ipfix-message.testing.ts";
import { IPFIX_COLUMNS } from "./ipfix-source.ts";
import type { Session } from "./session.ts";
import { TemplateBudget } from "./templates.ts";

const GOOD = "192.0.2.1 port 4739";

function exporters() {
	const builder = new FlowColumnsBuilder(IPFIX_COLUMNS);
	const budget = new TemplateBudget();
	const collection = {
		decoder: new FlowDecoder(builder),
		counters: createCounters(),
		budget,
		templateLifetimeMs: 60_000,
	};
	const warnings: string[] = [];
	const ended: string[] = [];
	const sessions = new DatagramSessions(
		collection,
		(session: Session) => {
			ended.push(session.name);
			session.end();
		},
		(line) => warnings.push(line),
	);
	const receive = (exporter: string, bytes: Uint8Array, now = 0) =>
		sessions.of(exporter, now).message(bytes, 0, bytes.length, now);
	return { sessions, receive, builder, budget, warnings, ended };
}

const SMALL_TEMPLATE = set(2, template(256, SMALL_FLOW));

test("a flood from many ports of one address removes no session of another address", () => {
	const { sessions, receive, builder, ended, warnings } = exporters();
	receive(GOOD, message([SMALL_TEMPLATE]));
	for (let port = 1; port <= 3000; port++) receive(`198.51.100.9 port ${port}`, message([SMALL_TEMPLATE]));
	receive(GOOD, message([set(256, smallFlow(7))]));
	assert.equal(builder.length, 1);
	assert.ok(!ended.includes(GOOD));
	assert.ok(warnings.length > 0);
	sessions.end();
});

test("a flood from many addresses without templates removes no exporter with one", () => {
	const { receive, builder, ended } = exporters();
	receive(GOOD, message([SMALL_TEMPLATE]));
	for (let k = 0; k < 5000; k++) receive(`198.51.${k >> 8}.${k & 255} port 1`, message([]));
	receive(GOOD, message([set(256, smallFlow(7))]));
	assert.equal(builder.length, 1);
	assert.ok(!ended.includes(GOOD));
});

test("an exporter that sends flows survives a flood of addresses with templates", () => {
	const { receive, builder, ended } = exporters();
	receive(GOOD, message([SMALL_TEMPLATE, set(256, smallFlow(7))]));
	for (let k = 0; k < 3000; k++) receive(`198.51.${k >> 8}.${k & 255} port 1`, message([SMALL_TEMPLATE]));
	receive(GOOD, message([set(256, smallFlow(8))], { sequence: 1 }));
	assert.equal(builder.length, 2);
	assert.ok(!ended.includes(GOOD));
});

test("one address cannot use up the template budget of the others", () => {
	const { receive, builder, budget } = exporters();
	const many = (id: number) =>
		set(
			2,
			template(
				id,
				Array.from({ length: 400 }, () => [1, 4] as const),
			),
		);
	for (let id = 256; id < 1256; id++) receive("198.51.100.9 port 1", message([many(id)]));
	assert.ok(budget.fields <= 1 << 15);
	receive(GOOD, message([SMALL_TEMPLATE, set(256, smallFlow(7))]));
	assert.equal(builder.length, 1);
});

test("nor can many addresses together: sessions without flows are removed first", () => {
	const { receive, builder, warnings } = exporters();
	const many = (id: number) =>
		set(
			2,
			template(
				id,
				Array.from({ length: 400 }, () => [1, 4] as const),
			),
		);
	for (let k = 0; k < 20; k++)
		for (let id = 256; id < 336; id++) receive(`198.51.100.${k} port 1`, message([many(id)]));
	receive(GOOD, message([SMALL_TEMPLATE, set(256, smallFlow(7))]));
	assert.equal(builder.length, 1);
	assert.match(warnings.join(), /templates need too much memory/);
});

test("templates that expired are removed without a record that uses them", () => {
	const { receive, budget } = exporters();
	for (let k = 0; k < 10; k++) receive(`198.51.100.${k} port 1`, message([SMALL_TEMPLATE]), 0);
	receive(GOOD, message([]), 120_000);
	assert.equal(budget.fields, 0);
});
