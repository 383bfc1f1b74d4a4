import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { accessibilityViolations, fileVisit, NO_BROWSER, overflow } from "./browser.testing.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "decrypto-report-"));
const report = join(folder, "found.html");

describe("the incident report", { skip: NO_BROWSER }, () => {
	before(() => {
		const args = ["bin/decrypto.js", "detect", "samples", "--report", report, "-q", "--format", "csv"];
		assert.equal(spawnSync(process.execPath, args, { cwd: root }).status, 0);
	});
	after(() => rmSync(folder, { recursive: true, force: true }));

	for (const scheme of ["light", "dark"] as const) {
		it(`is read without JavaScript and has no violation that axe-core knows, ${scheme}`, async (t) => {
			const page = await fileVisit(t, pathToFileURL(report).href, { scheme });
			assert.match((await page.locator("h1").textContent()) ?? "", /^\d+ hosts mine cryptocurrency$/);
			await page.locator("table a").first().click();
			assert.match(page.url(), /#host-1$/);
			assert.deepEqual(await accessibilityViolations(page), []);
		});
	}

	it("fits into narrow windows and onto paper", async (t) => {
		const page = await fileVisit(t, pathToFileURL(report).href, { width: 360 });
		assert.ok((await overflow(page)) <= 0);
		await page.setViewportSize({ width: 690, height: 1000 });
		await page.emulateMedia({ media: "print" });
		assert.ok((await overflow(page)) <= 0, "wider than A4 without its margins");
		for (const picture of await page.locator(".picture svg").all()) {
			const box = await picture.boundingBox();
			assert.ok(box !== null && box.x >= 0 && box.x + box.width <= 690);
		}
	});
});
