import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const folder = mkdtempSync(join(tmpdir(), "decrypto-launchers-"));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, "package.json"), '{"type":"module"}');
cpSync(fileURLToPath(new URL("../../bin", import.meta.url)), join(folder, "bin"), { recursive: true });

for (const name of ["decrypto", "minerdetector"]) {
	describe(`the launcher of ${name}`, () => {
		test("says in a checkout without dependencies what to run", () => {
			const { status, stderr } = launched(name, []);
			assert.deepEqual([status, stderr.split("\n").length], [1, 2]);
			assert.match(stderr, new RegExp(`^${name}: run \`npm ci\` here once; \`npx ${name}\``));
		});

		test("ends in good order where nobody reads what it prints", async () => {
			const program = fileURLToPath(new URL(`../../bin/${name}.js`, import.meta.url));
			const child = spawn(process.execPath, [program, "--help"], { stdio: ["ignore", "pipe", "pipe"] });
			child.stdout.destroy();
			assert.equal(await text(child.stderr), "");
			assert.equal(child.exitCode ?? (await once(child, "exit"))[0], 0);
		});

		test("says with a Node.js that cannot run the sources which it takes", () => {
			mkdirSync(join(folder, "node_modules/commander"), { recursive: true });
			const { status, stderr } = launched(name, ["--no-strip-types"]);
			assert.deepEqual([status, stderr.split("\n").length], [1, 2]);
			assert.match(stderr, new RegExp(`^${name}: Node\\.js [0-9.]+ cannot run the sources, 24 can`));
			rmSync(join(folder, "node_modules"), { recursive: true });
		});
	});
}

function launched(name: string, nodeOptions: readonly string[]) {
	return spawnSync(process.execPath, [...nodeOptions, join(folder, "bin", `${name}.js`)], { encoding: "utf8" });
}
