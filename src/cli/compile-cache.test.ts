import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../bin/decrypto.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "decrypto-cache-"));
after(() => rmSync(folder, { recursive: true }));

/** Starts the program with these caches; it ends in time with its version, whatever they are. */
function start(caches: Readonly<Record<string, string>>): void {
	const { NODE_COMPILE_CACHE: _, ...env } = process.env;
	const options = { env: { ...env, ...caches }, encoding: "utf8", timeout: 60_000 } as const;
	const { status, stdout, stderr } = spawnSync(process.execPath, [program, "--version"], options);
	assert.deepEqual([status, stderr], [0, ""]);
	assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
}

test("what was compiled is kept in the user's cache directory, which is nobody else's", () => {
	start({ HOME: folder, XDG_CACHE_HOME: "" });
	const cache = join(folder, ".cache", "decrypto");
	assert.ok(readdirSync(cache).length > 0);
	assert.equal(statSync(cache).mode & 0o077, 0);
	start({ HOME: folder, XDG_CACHE_HOME: join(folder, "caches") });
	assert.ok(readdirSync(join(folder, "caches", "decrypto")).length > 0);
});

test("where no cache can be kept, the program runs without", () => {
	const file = join(folder, "file");
	writeFileSync(file, "");
	start({ HOME: folder, XDG_CACHE_HOME: join(file, "below") });
	start({ HOME: folder, XDG_CACHE_HOME: "/proc/nowhere" });
	start({ HOME: join(folder, "nowhere") });
	start({ HOME: "" });
});
