import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { anchorsOf, deadLinks } from "./check-links.ts";

const root = mkdtempSync(join(tmpdir(), "decrypto-links-"));
after(() => rmSync(root, { recursive: true }));
writeFileSync(join(root, "other.md"), "# The `other` page\n\n## Twice\n\n## Twice\n");

const targetsOf = (text: string) =>
	deadLinks(join(root, "page.md"), text, root).map(({ line, target }) => `${line} ${target}`);

describe("the check of links", () => {
	it("finds links to missing files and headings, with their lines", () => {
		const text = "[a](other.md) [b](none.md)\n\n[c](other.md#twice-1) [d](other.md#thrice)\n";
		assert.deepEqual(targetsOf(text), ["1 none.md", "3 other.md#thrice"]);
	});
	it("takes headings of the same page, and leaves other hosts and code alone", () => {
		const text =
			"# Here it is\n[a](#here-it-is) [b](https://example.org/x) `[c](none.md)`\n```\n[d](none.md)\n```\n[e](#gone)\n";
		assert.deepEqual(targetsOf(text), ["6 #gone"]);
	});
	it("numbers headings of the same words", () => {
		assert.deepEqual(
			[...anchorsOf("# The `other` page\n## Twice\n## Twice\n")],
			["the-other-page", "twice", "twice-1"],
		);
	});
});
