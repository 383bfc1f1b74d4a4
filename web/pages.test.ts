import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HOSTILE_NAME } from "../src/server/client.testing.ts";
import { accessibilityViolations, NO_BROWSER, overflow, PATHS, visit } from "./browser.testing.ts";

const ENTRY = { reason: "measurements", owner: "research", until: "never", hosts: ["10.3.7.23"] };

describe("pages of the web UI", { skip: NO_BROWSER }, () => {
	for (const scheme of ["light", "dark"] as const) {
		it(`have no violation that axe-core knows, ${scheme}`, async (t) => {
			const { page, daemon, go } = await visit(t, { scheme, entriesOfFile: [ENTRY] });
			const [incident] = (await daemon.store.find({ host: ["10.3.7.21"] })).incidents;
			for (const path of [...PATHS, `/incidents/${incident!.id}`, "/pools/xmr.pool.example"]) {
				await go(path);
				await page.locator(".card, .grid-row, .empty").first().waitFor();
				assert.deepEqual(await accessibilityViolations(page), [], path);
			}
		});
	}

	for (const width of [360, 1280, 2560]) {
		it(`fit into a window of ${width} pixels`, async (t) => {
			const { page, daemon, go } = await visit(t, { width, entriesOfFile: [ENTRY] });
			const [incident] = (await daemon.store.find({ host: ["10.3.7.21"] })).incidents;
			for (const path of [...PATHS, `/incidents/${incident!.id}`, "/pools/xmr.pool.example"]) {
				await go(path);
				assert.ok((await overflow(page)) <= 0, `${path} is wider than the window`);
			}
		});
	}

	it("print without controls and without clipping", async (t) => {
		const { page, daemon, go } = await visit(t, { width: 794 });
		const [incident] = (await daemon.store.find({ host: ["10.3.7.21"] })).incidents;
		for (const path of ["/", "/incidents", `/incidents/${incident!.id}`]) {
			await go(path);
			await page.emulateMedia({ media: "print" });
			assert.equal(await page.locator("header.shell").isVisible(), false, path);
			assert.ok((await overflow(page)) <= 0, `${path} is wider than the paper`);
			await page.emulateMedia({ media: "screen" });
		}
	});

	it("say first which hosts mine, how certain that is, and what to do", async (t) => {
		const { page, go } = await visit(t);
		await go("/");
		assert.equal(await page.locator("h1").textContent(), "3 hosts are mining now");
		const hosts = page.locator(".hosts > li");
		assert.equal(await hosts.count(), 3);
		assert.match((await hosts.first().textContent()) ?? "", /confirmed.*10\.3\.7\.21.*Monero.*Stop the miner/s);
	});

	it("show a new miner on Now within two seconds", async (t) => {
		const { page, daemon, go } = await visit(t);
		await go("/");
		await page.locator(".live.on").waitFor();
		const { sightingAt, PAYLOAD_OF_MINER } = await import("../src/incident/sighting.testing.ts");
		const start = performance.now();
		daemon.clock += 1000;
		await daemon.see([sightingAt(30, { miner: { address: "10.9.9.9", port: 1234 }, evidence: [PAYLOAD_OF_MINER] })]);
		await page
			.locator(".hosts")
			.getByRole("link", { name: /^10\.9\.9\.9 has been mining/ })
			.waitFor();
		const elapsed = performance.now() - start;
		t.diagnostic(`a new miner was visible after ${Math.round(elapsed)} ms`);
		assert.ok(elapsed < 2000);
		daemon.clock += 4000;
		await page.getByRole("heading", { name: "4 hosts are mining now" }).waitFor();
	});

	it("show the evidence, the rhythm with its pushes and block times, and the contributions", async (t) => {
		const { page, daemon, go } = await visit(t);
		const [incident] = (await daemon.store.find({ host: ["10.3.7.21"] })).incidents;
		await go(`/incidents/${incident!.id}`);
		assert.match((await page.locator(".evidence").textContent()) ?? "", /Payload.*stratum/s);
		const picture = page.locator("svg[aria-label^='Flow of']");
		await picture.waitFor();
		assert.ok((await picture.locator(".packet.miner").count()) > 0);
		assert.ok((await picture.locator(".packet.pool").count()) > 0);
		assert.equal(await picture.locator("circle.push").count(), 1 + 2, "one in the legend, two pushes");
		assert.match((await picture.locator("text.block").first().textContent()) ?? "", /Monero block 3000000/);
		assert.equal(await page.locator("svg[aria-label^='PUSH_SHARE']").count(), 1);
	});

	it("keep text of the network as text, without control and bidirectional characters", async (t) => {
		const { page, daemon, go } = await visit(t);
		const [incident] = (await daemon.store.find({ host: ["10.3.7.22"] })).incidents;
		for (const path of ["/", "/incidents", `/incidents/${incident!.id}`, "/pools"]) {
			await go(path);
			await page.getByText("<script>").first().waitFor();
			const text = await page.evaluate(() => document.documentElement.textContent ?? "");
			assert.ok(!text.includes("\u202e") && !text.includes("\u001b"), path);
			assert.equal(await page.evaluate(() => [...document.scripts].filter((script) => !script.src).length), 0);
		}
		await go(`/pools/${encodeURIComponent(HOSTILE_NAME)}`);
		assert.match((await page.locator("h1").textContent()) ?? "", /<script>alert\(1\)<\/script>/);
	});

	it("say what is wrong with an address that does not exist", async (t) => {
		const { page, go } = await visit(t, { expectedErrors: /404/ });
		await go("/nowhere");
		assert.match((await page.locator("h1").textContent()) ?? "", /no such page/);
		await page.goto(new URL("/incidents/0000", page.url()).href);
		assert.match((await page.locator("[role=alert]").textContent()) ?? "", /incident/);
	});
});
