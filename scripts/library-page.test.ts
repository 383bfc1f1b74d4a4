import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { buildPackage } from "./build-package.ts";
import { examplesOf } from "./page-examples.testing.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const TSC = join(ROOT, "node_modules/typescript/bin/tsc");
const examples = examplesOf(readFileSync(join(ROOT, "docs/library.md"), "utf8"));

describe("the examples of docs/library.md", () => {
	const project = createProject();
	const library = join(project, "node_modules/decrypto");
	mkdirSync(library);
	const exports = { ".": "./src/index.ts", "./nemea": "./src/nemea/index.ts" };
	writeFileSync(join(library, "package.json"), JSON.stringify({ name: "decrypto", type: "module", exports }));
	for (const part of ["src", "models"]) symlinkSync(join(ROOT, part), join(library, part));

	it("are found on the page", () => assert.ok(examples.length >= 7));
	for (const { name, code, output } of examples) {
		it(`${name} prints what the page says, with the sources`, () => {
			writeFileSync(join(project, name), code);
			assert.equal(printed(project, name), output);
		});
	}
});

describe("the examples of docs/library.md with a packed tarball", async () => {
	const project = createProject();
	await installTarball(project);
	const options = { target: "es2024", module: "nodenext", strict: true, noEmit: true, skipLibCheck: true };
	writeFileSync(
		join(project, "tsconfig.json"),
		JSON.stringify({ compilerOptions: { ...options, lib: ["es2024", "esnext.disposable"], types: ["node"] } }),
	);
	for (const { name, code } of examples) writeFileSync(join(project, name), code);

	it("pass the type check of TypeScript", () => {
		assert.equal(printed(project, TSC, ["--project", "tsconfig.json"]), "");
	});
	for (const { name, code, output } of examples) {
		it(`${name} prints what the page says, as TypeScript and as JavaScript`, () => {
			const script = name.replace(/\.ts$/, ".js");
			writeFileSync(join(project, script), stripTypeScriptTypes(code));
			assert.equal(printed(project, name), output);
			assert.equal(printed(project, script), output);
		});
	}
});

/** A folder with the samples and with the packages that the library needs, but without the library. */
function createProject(): string {
	const project = mkdtempSync(join(tmpdir(), "decrypto-library-"));
	after(() => rmSync(project, { recursive: true }));
	writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
	symlinkSync(join(ROOT, "samples"), join(project, "samples"));
	const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
	for (const name of [...Object.keys(dependencies), "@types/node"]) {
		const link = join(project, "node_modules", name);
		mkdirSync(dirname(link), { recursive: true });
		symlinkSync(join(ROOT, "node_modules", name), link);
	}
	return project;
}

/** Packs what is published, without the web UI, and unpacks it where npm would install it. */
async function installTarball(project: string): Promise<void> {
	const folder = mkdtempSync(join(ROOT, "node_modules/.packed-"));
	after(() => rmSync(folder, { recursive: true }));
	await buildPackage(folder);
	const types = ["--project", join(ROOT, "tsconfig.build.json"), "--outDir", join(folder, "dist/types")];
	execFileSync(process.execPath, [TSC, ...types]);
	execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", project], { cwd: folder });
	const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
	execFileSync("tar", ["-xzf", `decrypto-${version}.tgz`, "-C", "node_modules"], { cwd: project });
	renameSync(join(project, "node_modules/package"), join(project, "node_modules/decrypto"));
}

function printed(cwd: string, script: string, args: readonly string[] = []): string {
	return execFileSync(process.execPath, [script, ...args], { cwd, encoding: "utf8" });
}
