import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const DOCS = join(ROOT, "docs");
const folder = mkdtempSync(join(tmpdir(), "decrypto-pages-"));
after(() => rmSync(folder, { recursive: true }));

/** A YAML block of a page, and the command that checks what it is. */
interface Block {
	readonly page: string;
	readonly text: string;
	readonly check: readonly string[];
}

const WATCH = ["watch", "--check"];
const ALLOWLIST = ["allowlist", "check"];

const blocks = readdirSync(DOCS)
	.filter((name) => name === "tutorial.md" || name.startsWith("how-to-"))
	.flatMap((page) => blocksOf(page, readFileSync(join(DOCS, page), "utf8")));

describe("the configurations of tutorial and how-to guides", () => {
	it("are found on the pages", () => {
		assert.ok(blocks.filter(({ check }) => check === WATCH).length >= 7);
		assert.ok(blocks.some(({ check }) => check === ALLOWLIST));
	});
	for (const [k, { page, text, check }] of blocks.entries()) {
		it(`${page}: block ${k} passes decrypto ${check.join(" ")}`, () => {
			const file = join(folder, `${k}.yaml`);
			writeFileSync(file, text);
			const { status, stderr } = spawnSync(process.execPath, [join(ROOT, "bin/decrypto.js"), ...check, file], {
				encoding: "utf8",
				env: { ...process.env, STATE_DIRECTORY: folder, RUNTIME_DIRECTORY: folder },
			});
			assert.equal(status, 0, stderr);
		});
	}
});

/** Configurations, also those inside a Kubernetes ConfigMap, and allowlists. */
function blocksOf(page: string, markdown: string): Block[] {
	return [...markdown.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].flatMap(([, text]) => {
		if (text!.startsWith("inputs:")) return [{ page, text: text!, check: WATCH }];
		if (text!.startsWith("allowlist:")) return [{ page, text: text!, check: ALLOWLIST }];
		const configurations = parseAllDocuments(text!).map((document) => document.toJS().data?.["decrypto.yaml"]);
		return configurations.filter((text) => text !== undefined).map((text) => ({ page, text, check: WATCH }));
	});
}
