import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../bin/decrypto.js", import.meta.url));

test("watch --demo prints the address of a UI with incidents, and leaves nothing behind", async (t) => {
	const folder = mkdtempSync(join(tmpdir(), "decrypto-demo-test-"));
	t.after(() => rmSync(folder, { recursive: true, force: true }));
	const daemon = spawn(process.execPath, [program, "watch", "--demo"], {
		env: { ...process.env, TMPDIR: folder },
		stdio: ["ignore", "ignore", "pipe"],
	});
	t.after(() => daemon.kill("SIGKILL"));
	let address: string | undefined;
	for await (const line of createInterface({ input: daemon.stderr })) {
		address = /web UI at (http:\S+)/.exec(line)?.[1];
		if (address !== undefined) break;
	}
	daemon.stderr.resume();
	const response = await fetch(new URL("api/v1/now", address));
	const now = (await response.json()) as { open: number; allowlisted: number };
	assert.ok(now.open >= 10, `${now.open} open incidents`);
	assert.equal(now.allowlisted, 3);
	const exited = once(daemon, "exit");
	daemon.kill("SIGTERM");
	assert.deepEqual(await exited, [0, null]);
	assert.ok(existsSync(folder));
	assert.deepEqual(readdirSync(folder), []);
});
