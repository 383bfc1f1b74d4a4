import assert from "node:assert/strict";
import { test } from "node:test";
import { startServer, threeHosts } from "./client.testing.ts";

test("now", async (t) => {
	const server = await startServer(t);
	await server.daemon.see(threeHosts());
	for (const p of ["/session","/tokens", "/now", "/incidents?confidence=confirmed&limit=2", "/incidents/export?format=csv", "/incidents/export?format=json", "/incidents/export?format=stix", "/pools", "/pools/xmr.pool.example", "/allowlist", "/model", "/model/what-if", "/model/labelled-flows", "/system", "/audit"]) {
		const a = await server.call("GET", p);
		console.log(p, a.status, a.text.slice(0, 1500));
	}
	const {body} = await server.call("GET", "/incidents?sort=host");
	for (const p of ["", "/sightings", "/rhythm"]) {
		const a = await server.call("GET", "/incidents/" + body.incidents[0].id + p);
		console.log(p, a.status, a.text.slice(0, 2500));
	}
	console.log(server.warnings);
	assert.deepEqual(server.checker.operations.filter(x => !server.checker.seen.has(x)), []);
});
