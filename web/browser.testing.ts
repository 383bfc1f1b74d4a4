import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext } from "node:test";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { buildWeb } from "../scripts/build-web.ts";
import { startServer, type TestServerOptions, threeHosts } from "../src/server/client.testing.ts";
import type { FakeDaemon } from "../src/server/fake-daemon.testing.ts";

const CHROMIUM = "/usr/bin/chromium";

/** Why tests in a browser are skipped; false where there is one. */
export const NO_BROWSER = existsSync(CHROMIUM) ? false : `${CHROMIUM} is missing: apt-get install chromium`;

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The UI is built and the browser started once for the tests of a file. */
let built: Promise<string> | undefined;
let started: Promise<Browser> | undefined;

function webFolder(): Promise<string> {
	built ??= (async () => {
		const folder = mkdtempSync(join(tmpdir(), "decrypto-web-"));
		await buildWeb(folder);
		return folder;
	})();
	return built;
}

function browser(): Promise<Browser> {
	started ??= chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
	return started;
}

after(async () => {
	await (await started)?.close();
	if (built) rmSync(await built, { recursive: true, force: true });
});

export interface Visit {
	readonly page: Page;
	readonly context: BrowserContext;
	readonly daemon: FakeDaemon;
	/** Without a slash at its end. */
	readonly url: string;
	/** What browsers report as errors: exceptions, refused resources, failed requests. */
	readonly errors: string[];
	go(path: string): Promise<void>;
}

export interface VisitOptions extends TestServerOptions {
	readonly width?: number;
	readonly scheme?: "light" | "dark";
	/** Errors of the console that the test provokes. */
	readonly expectedErrors?: RegExp;
	/** Prepares the daemon before the page is opened. */
	readonly prepare?: (daemon: FakeDaemon) => void;
}

/** A server with three mining hosts and a page that looks at it. Errors of the page and requests to other hosts fail the test. */
export async function visit(t: TestContext, options: VisitOptions = {}): Promise<Visit> {
	let opened: BrowserContext | undefined;
	// Hooks run in the order in which they were registered: the page must end before its server does.
	t.after(() => opened?.close());
	const { daemon, server } = await startServer(t, { ...options, webFolder: await webFolder() });
	await daemon.see(threeHosts());
	options.prepare?.(daemon);
	const url = server.url.replace(/\/$/, "");
	const context = await (await browser()).newContext({
		viewport: { width: options.width ?? 1280, height: 900 },
		colorScheme: options.scheme ?? "light",
	});
	opened = context;
	const page = await context.newPage();
	page.setDefaultTimeout(30_000);
	const errors: string[] = [];
	page.on("pageerror", (error) => errors.push(error.message));
	page.on("console", (message) => {
		const text = message.text();
		if (message.type() !== "error" || options.expectedErrors?.test(text)) return;
		errors.push(text);
	});
	page.on("request", (request) => {
		if (!request.url().startsWith(`${url}/`)) errors.push(`request to ${request.url()}`);
	});
	t.after(() => {
		if (errors.length > 0) throw new Error(`errors in the browser: ${errors.join("; ")}`);
	});
	return {
		page,
		context,
		daemon,
		url,
		errors,
		async go(path) {
			await page.goto(url + path);
			await page.locator("h1").first().waitFor();
			await page.waitForFunction(() => document.querySelector(".loading") === null);
		},
	};
}

/** Violations of the rules of axe-core (WCAG 2.2 A and AA, and its best practices), in words. */
export async function accessibilityViolations(page: Page): Promise<string[]> {
	// The page's policy forbids inline scripts; evaluation by the debugger is not bound by it.
	await page.evaluate(AXE);
	return page.evaluate(async () => {
		// biome-ignore lint/suspicious/noExplicitAny: axe-core puts itself into the window
		const results = await (globalThis as any).axe.run();
		return results.violations.flatMap(
			(violation: { id: string; nodes: { target: string[]; failureSummary: string }[] }) =>
				violation.nodes.map(({ target, failureSummary }) => `${violation.id}: ${target.join(" ")}: ${failureSummary}`),
		);
	});
}

/** By how many pixels the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
	return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

export const PATHS = ["/", "/incidents", "/pools", "/allowlist", "/model", "/system"] as const;

/** A file in the browser. Its policy forbids scripts, so that it is seen as without JavaScript. */
export async function fileVisit(
	t: TestContext,
	url: string,
	{ width = 1100, scheme = "light" }: Pick<VisitOptions, "width" | "scheme"> = {},
): Promise<Page> {
	const context = await (await browser()).newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
	const page = await context.newPage();
	const requests: string[] = [];
	page.on("request", (request) => requests.push(request.url()));
	await page.goto(url);
	t.after(async () => {
		await context.close();
		if (requests.some((each) => !each.startsWith(url))) throw new Error(`it asked for ${requests.join(", ")}`);
	});
	return page;
}
