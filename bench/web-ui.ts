import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { buildWeb } from "../scripts/build-web.ts";
import { FakeDaemon } from "../src/server/fake-daemon.testing.ts";
import { webSchema } from "../src/server/web-schema.ts";
import { WebServer } from "../src/server/web-server.ts";
import { fillWithIncidents } from "./many-incidents.ts";

/**
 * What a person waits for in the web UI with 100,000 incidents and a million sightings stored: from the click, or the
 * address, until the rows are on the screen of Debian's Chromium. `BENCH_SHARE=0.1` stores a tenth;
 * `BENCH_STORE=FILE` keeps the store for the next time.
 */
const INCIDENTS = Math.round(100_000 * Number(process.env.BENCH_SHARE ?? 1));
const SIGHTINGS_EACH = 10;
const ROUNDS = 5;

const folder = mkdtempSync(join(tmpdir(), "decrypto-bench-"));
const { scriptBytes } = await buildWeb(join(folder, "web"));
console.log(`JavaScript: ${scriptBytes} bytes, compressed`);
const daemon = await FakeDaemon.open(process.env.BENCH_STORE ?? join(folder, "incidents.db"));
daemon.clock = Date.now();
const server = new WebServer({
	view: daemon,
	config: webSchema.parse({ listen: "127.0.0.1:0" }),
	warn: console.error,
	webFolder: join(folder, "web"),
});
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
try {
	if ((await daemon.store.count()) === 0) await fillWithIncidents(daemon, INCIDENTS, SIGHTINGS_EACH);
	console.log(`${await daemon.store.count()} incidents stored, with ${SIGHTINGS_EACH} sightings each`);
	await server.start();
	await measure(await browser.newPage({ viewport: { width: 1280, height: 900 } }));
} finally {
	await browser.close();
	await server[Symbol.asyncDispose]();
	await daemon[Symbol.asyncDispose]();
	rmSync(folder, { recursive: true });
}

async function measure(page: Page): Promise<void> {
	const rows = page.locator(".rows .grid-row").first();
	const open = async (path: string, ready: string) => {
		await page.goto(new URL(path, server.url).href);
		await page.locator(ready).first().waitFor();
	};
	await timed("first paint of Now", () => open("/", ".hosts > li"));
	await timed("first paint of Incidents", () => open("/incidents", ".rows .grid-row"));
	const listed = async (act: () => Promise<void>) => {
		await Promise.all([page.waitForResponse(/\/api\/v1\/incidents\?/), act()]);
		await rows.waitFor();
		// Until the browser has drawn them.
		await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
	};
	await timed("filter by confidence", (round) =>
		listed(() => page.getByRole("checkbox", { name: "confirmed" }).setChecked(round % 2 === 0)),
	);
	await timed("search, with the pause in typing", (round) =>
		listed(() => page.getByLabel("Search", { exact: true }).fill(`pool${100 + round}`)),
	);
	await timed("another page", async (round) => {
		await page.getByRole("link", { name: round % 2 === 0 ? "Pools" : "Now", exact: true }).click();
		await page
			.locator(round % 2 === 0 ? "main table tbody tr" : ".hosts > li")
			.first()
			.waitFor();
	});
	await open("/incidents", ".rows .grid-row");
	await timed("one incident", async () => {
		await page.locator(".rows .host a").first().click();
		await page.locator(".evidence").waitFor();
		await page.goBack();
		await rows.waitFor();
	});
	await timed("scroll through 200 rows", async (round) => {
		await page.evaluate(`window.scrollTo(0, ${12_000 * (round + 1)})`);
		await page.locator(`[data-index="${200 * (round + 1)}"]`).waitFor();
	});
}

async function timed(name: string, work: (round: number) => Promise<void>): Promise<void> {
	const times: number[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		const start = performance.now();
		await work(round);
		times.push(performance.now() - start);
	}
	const sorted = times.toSorted((a, b) => a - b);
	console.log(`${name}: median ${sorted[2]!.toFixed(0)} ms, longest ${sorted.at(-1)!.toFixed(0)} ms`);
}
