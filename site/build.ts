/** Builds the documentation site into dist/site: pages of docs/, examples, and the API made from the sources' docstrings. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sidebar } from "./sidebar.ts";

const SITE = fileURLToPath(new URL(".", import.meta.url));
const DOCS = join(SITE, "../docs");
const PAGES = join(SITE, "pages");

rmSync(PAGES, { recursive: true, force: true });
mkdirSync(PAGES, { recursive: true });
cpSync(DOCS, PAGES, { recursive: true });
writeFileSync(join(PAGES, "index.md"), homePage());
checkMenu();
run("typedoc", [
	...["--entryPoints", "../src/index.ts", "--entryPoints", "../src/nemea/index.ts"],
	...["--tsconfig", "../tsconfig.json", "--plugin", "typedoc-plugin-markdown", "--out", join(PAGES, "api")],
	...["--readme", "none", "--excludeInternal", "--hideBreadcrumbs", "--disableSources", "--skipErrorChecking"],
	...["--validation.notExported", "false", "--logLevel", "Error"],
]);
run("vitepress", ["build", "."]);

/** The README's first part, above its first section. */
function homePage(): string {
	const readme = readFileSync(join(SITE, "../README.md"), "utf8");
	return linkWithin(readme);
}

/** Links of a page at the root of the repository to pages of docs/, as links between pages of the site. */
function linkWithin(markdown: string): string {
	return markdown
		.replaceAll("](docs/", "](./")
		.replace(/\]\((?:CONTRIBUTING|CHANGELOG|LICENSE)[^)]*\)/g, "](./contributing.md)");
}

/** Each page has one entry of the menu, and each entry a page. */
function checkMenu(): void {
	const linked = sidebar.flatMap(({ items }) => items.map(({ link }) => link));
	const pages = readdirSync(DOCS)
		.filter((name) => name.endsWith(".md"))
		.map((name) => `/${name.slice(0, -3)}`);
	const missing = pages.filter((page) => !linked.includes(page));
	const dead = linked.filter((link) => link !== "/api/" && !pages.includes(link));
	if (missing.length + dead.length > 0)
		throw new Error(
			`site/sidebar.ts: without an entry: ${missing.join(", ") || "-"}; without a page: ${dead.join(", ") || "-"}`,
		);
}

function run(tool: string, args: readonly string[]): void {
	const { status } = spawnSync(join(SITE, "node_modules/.bin", tool), args, { cwd: SITE, stdio: "inherit" });
	if (status !== 0) process.exit(status ?? 1);
}
