import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as library from "../src/index.ts";
import * as nemea from "../src/nemea/index.ts";
import { buildPackage } from "./build-package.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = mkdtempSync(join(root, "node_modules/.built-"));
after(() => rmSync(folder, { recursive: true }));
await buildPackage(folder);
const program = join(folder, "dist/program");

for (const threads of ["1", "2"]) {
	test(`the built program has the same findings in the samples as the sources, with --threads ${threads}`, () => {
		const args = ["detect", join(root, "samples"), "--format", "ndjson", "--threads", threads, "--quiet"];
		const found = launched(folder, "decrypto", args);
		assert.ok(found.split("\n").length > 10);
		assert.equal(found, launched(root, "decrypto", args));
	});
}

test("every command is present", () => {
	for (const command of ["detect", "meter", "pools", "evaluate", "train", "model"]) {
		assert.match(launched(folder, "decrypto", [command, "--help"]), new RegExp(`^Usage: decrypto ${command} `));
	}
	assert.match(launched(folder, "minerdetector", ["--help"]), /-t/);
});

test("workers are next to the modules that start them", () => {
	const named = readdirSync(program).flatMap((name) => [
		...readFileSync(join(program, name), "utf8").matchAll(/siblingModule\(import\.meta\.url, "([^"]+)"\)/g),
	]);
	assert.ok(named.length >= 6);
	for (const [, worker] of named) assert.ok(existsSync(join(program, `${worker}.js`)), worker);
});

test("the libraries have the same exports as those of the sources", async () => {
	const built = await import(pathToFileURL(join(program, "index.js")).href);
	assert.deepEqual(Object.keys(built).sort(), Object.keys(library).sort());
	const builtNemea = await import(pathToFileURL(join(program, "nemea.js")).href);
	assert.deepEqual(Object.keys(builtNemea).sort(), Object.keys(nemea).sort());
});

test("its syntax is supported by the oldest Node.js in package.json", () => {
	for (const name of readdirSync(program)) {
		const code = readFileSync(join(program, name), "utf8");
		assert.doesNotMatch(code, /^\s*(?:await )?using \w+ =/m, name);
		assert.doesNotMatch(code, /from "@oxc-project/, name);
	}
	assert.match(launched(folder, "decrypto", ["detect", join(root, "samples"), "--threads", "2"]), /"miner":true/);
});

function launched(home: string, name: string, args: readonly string[]): string {
	return execFileSync(process.execPath, [join(home, "bin", `${name}.js`), ...args], { encoding: "utf8" });
}
