/** Builds the documentation site into dist/site: pages of docs/, the help of all commands, and the API from the docstrings. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandPage } from "./command-page.ts";
import { furtherPages, withLinksOfSite } from "./pages-of-repository.ts";
import { sidebar } from "./sidebar.ts";

const SITE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = join(SITE, "..");
const DOCS = join(ROOT, "docs");
const PAGES = join(SITE, "pages");
/** The page that typedoc makes. docs/api.md is the page of the HTTP API. */
const LIBRARY_API = "/reference/";

rmSync(PAGES, { recursive: true, force: true });
mkdirSync(PAGES, { recursive: true });
copyPages();
checkMenu();
run("typedoc", [
	...["--entryPoints", "../src/index.ts", "--entryPoints", "../src/nemea/index.ts"],
	...["--tsconfig", "../tsconfig.json", "--plugin", "typedoc-plugin-markdown", "--out", join(PAGES, "reference")],
	...["--readme", "none", "--excludeInternal", "--hideBreadcrumbs", "--disableSources", "--skipErrorChecking"],
	...["--entryFileName", "index", "--validation.notExported", "false", "--logLevel", "Error"],
]);
run("vitepress", ["build", "."]);

/** Pages are processed by vitepress; schemas and examples beside them are served as they are. */
function copyPages(): void {
	cpSync(DOCS, PAGES, { recursive: true });
	cpSync(DOCS, join(PAGES, "public"), { recursive: true, filter: (path) => !/\.(?:md|png|svg)$/.test(path) });
	for (const name of markdownIn(DOCS)) copyPage(`docs/${name}`, name);
	for (const [path, name] of furtherPages) copyPage(path, name);
	writeFileSync(join(PAGES, "commands.md"), commandPage(ROOT));
}

function copyPage(path: string, name: string): void {
	writeFileSync(join(PAGES, name), withLinksOfSite(path, readFileSync(join(ROOT, path), "utf8")));
}

function markdownIn(folder: string): string[] {
	return readdirSync(folder).filter((name) => name.endsWith(".md"));
}

/** Each page has one entry of the menu, and each entry a page. */
function checkMenu(): void {
	const linked = sidebar.flatMap(({ items }) => items.map(({ link }) => link));
	const pages = markdownIn(PAGES)
		.filter((name) => name !== "index.md")
		.map((name) => `/${name.slice(0, -".md".length)}`);
	const missing = pages.filter((page) => linked.filter((link) => link === page).length !== 1);
	const dead = linked.filter((link) => link !== LIBRARY_API && !pages.includes(link));
	if (missing.length + dead.length > 0)
		throw new Error(
			`site/sidebar.ts: without one entry: ${missing.join(", ") || "-"}; without a page: ${dead.join(", ") || "-"}`,
		);
}

function run(tool: string, args: readonly string[]): void {
	const { status } = spawnSync(join(SITE, "node_modules/.bin", tool), args, { cwd: SITE, stdio: "inherit" });
	if (status !== 0) process.exit(status ?? 1);
}
