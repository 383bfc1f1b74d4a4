import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openGrowingFile } from "./growing-file.ts";

const folder = mkdtempSync(join(tmpdir(), "decrypto-growing-"));
after(() => rmSync(folder, { recursive: true }));

test("bytes appended during reading are read, until the file is complete", {
	timeout: 10_000,
}, async () => {
	const path = join(folder, "growing");
	writeFileSync(path, "one ");
	let complete = false;
	let text = "";
	for await (const chunk of openGrowingFile(path, () => complete)) {
		text += Buffer.from(chunk);
		if (text === "one ") setTimeout(() => appendFileSync(path, "two "), 50);
		else if (text === "one two ") {
			appendFileSync(path, "three");
			complete = true;
		}
	}
	assert.equal(text, "one two three");
});

test("closing ends a reader that waits for more", { timeout: 5000 }, async () => {
	const path = join(folder, "waiting");
	writeFileSync(path, "begun");
	const source = openGrowingFile(path, () => false);
	let text = "";
	for await (const chunk of source) {
		text += Buffer.from(chunk).toString();
		setTimeout(() => source.close(), 50);
	}
	assert.equal(text, "begun");
});

test("reading ends when the file is truncated and written anew", { timeout: 5000 }, async () => {
	const path = join(folder, "anew");
	writeFileSync(path, "the old content");
	let text = "";
	for await (const chunk of openGrowingFile(path, () => false)) {
		text += Buffer.from(chunk).toString();
		setTimeout(() => writeFileSync(path, "new"), 50);
	}
	assert.equal(text, "the old content");
});
