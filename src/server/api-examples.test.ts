import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { promisify } from "node:util";
import { parse } from "yaml";
import { needsProgram, WorkFolder } from "../notify/peers.testing.ts";
import { PASSWORD, startServer, threeHosts } from "./client.testing.ts";
import { webSchema } from "./web-schema.ts";

const PAGE = readFileSync(new URL("../../docs/api.md", import.meta.url), "utf8");
const blocks = (language: string) =>
	[...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, code]) => code!);
const NEEDS = needsProgram("/usr/bin/curl", "/usr/bin/bash");

test("the commands of docs/api.md run, in their order", { skip: NEEDS, timeout: 120_000 }, async (t) => {
	using folder = new WorkFolder();
	const server = await startServer(t);
	await server.daemon.see(threeHosts());
	const examples = blocks("sh");
	assert.ok(examples.length >= 6);
	const run = async (code: string) => {
		const script = code.replace("http://127.0.0.1:8470/", server.server.url);
		const environment = { ...process.env, API: `${server.server.url}api/v1`, no_proxy: "*" };
		const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script], {
			cwd: folder.path,
			env: environment,
		});
		return stdout;
	};
	const [last, ...others] = examples.toReversed() as [string, ...string[]];
	for (const example of others.toReversed()) {
		assert.match(example, /^(?:API=.*\n)?(?:\w+=.*\n)?curl |^\w+=/, example);
		await run(example);
	}
	assert.match(readFileSync(folder.join("incidents.csv"), "utf8"), /^id,address,/);
	assert.match(readFileSync(folder.join("labelled-flows.csv"), "utf8"), /Miner/);
	const { records } = (await server.call("GET", "/audit")).body;
	assert.deepEqual(
		new Set(records.map(({ action }: { action: string }) => action)),
		new Set([
			"label miner",
			"allow",
			"close",
			"add allowlist entry",
			"expire allowlist entry",
			"remove allowlist entry",
		]),
	);
	await server.server.accounts.put("alice", "operator", PASSWORD);
	assert.match(await run(last), /"byConfidence"/);
});

test("every call of the API is on the page, and the example configuration is valid", async (t) => {
	const server = await startServer(t);
	for (const path of Object.keys(server.checker.document.paths)) {
		assert.ok(PAGE.includes(path), `${path} is not on the page`);
	}
	const [example] = blocks("yaml");
	assert.equal(webSchema.parse(parse(example!).web).session_hours, 12);
});
