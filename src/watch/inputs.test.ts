import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { freePort, ready, TestPlace, until } from "./daemon.testing.ts";
import type { Daemon } from "./daemon.ts";
import { exportTo, minerFlowOf } from "./flows.testing.ts";

function sourceOf(daemon: Daemon) {
	return daemon.pipelines.statuses()[0]!.counters?.source;
}

for (const scheme of ["ipfix+udp", "netflow+udp"]) {
	test(`${scheme}: only exporters that are allowed are heard; a reload allows others`, async () => {
		await using place = new TestPlace();
		const port = await freePort();
		const listen = `${scheme}://127.0.0.1:${port}`;
		const daemon = await place.start({ inputs: [{ listen, exporters: ["192.0.2.0/24"] }] });
		await ready(daemon);
		const send = () => exportTo(`ipfix+udp://127.0.0.1:${port}`, [minerFlowOf(5)]);
		await send();
		await until(
			() => [...(sourceOf(daemon)?.malformed.keys() ?? [])].some((reason) => /allow/.test(reason)),
			"it is counted",
		);
		assert.equal(sourceOf(daemon)!.flows, 0);
		place.configure({ inputs: [{ listen, exporters: ["192.0.2.0/24", "127.0.0.1"] }] });
		assert.equal((await daemon.reload()).words, `input ${listen} changed`);
		await ready(daemon);
		await send();
		await until(() => daemon.keeper.openIncidents === 1, "the miner is found");
	});
}

/** A line of Suricata's EVE log about a flow that ends now. */
function flowEvent(): string {
	const now = new Date().toISOString();
	const flow = {
		pkts_toserver: 10,
		pkts_toclient: 8,
		bytes_toserver: 1000,
		bytes_toclient: 2000,
		start: now,
		end: now,
	};
	const [source, destination] = [
		{ src_ip: "10.0.0.5", src_port: 40_000 },
		{ dest_ip: "192.0.2.1", dest_port: 443 },
	];
	return `${JSON.stringify({ event_type: "flow", timestamp: now, flow_id: 1, ...source, ...destination, proto: "TCP", flow })}\n`;
}

test("Suricata's events are taken from a socket", async () => {
	await using place = new TestPlace();
	const path = place.path("eve.sock");
	const daemon = await place.start({ inputs: [{ eve: `eve+unix://${path}` }] });
	await ready(daemon);
	const socket = connect(path);
	socket.end(flowEvent());
	await once(socket, "close");
	await until(() => sourceOf(daemon)?.flows === 1, "the flow is counted");
});
