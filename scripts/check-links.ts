import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** A link of a Markdown page within the repository that leads nowhere. */
export interface DeadLink {
	readonly page: string;
	readonly line: number;
	readonly target: string;
	readonly reason: string;
}

/** The links of a page that lead to no file, or to no heading of a page. Links to other hosts are not followed. */
export function deadLinks(page: string, text: string, root: string): DeadLink[] {
	const dead: DeadLink[] = [];
	for (const [index, line] of withoutCode(text).split("\n").entries()) {
		for (const [, target] of line.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)) {
			const reason = reasonWhyDead(page, text, target!, root);
			if (reason !== undefined) dead.push({ page: relative(root, page), line: index + 1, target: target!, reason });
		}
	}
	return dead;
}

function reasonWhyDead(page: string, text: string, target: string, root: string): string | undefined {
	if (/^[a-z][a-z+.-]*:/i.test(target)) return undefined;
	const [path, anchor] = target.split("#", 2) as [string, string | undefined];
	const file = path === "" ? page : resolve(path.startsWith("/") ? root : dirname(page), path.replace(/^\//, ""));
	if (path !== "" && !existsSync(file)) return "no such file";
	if (anchor === undefined || !file.endsWith(".md")) return undefined;
	const headings = anchorsOf(path === "" ? text : readFileSync(file, "utf8"));
	return headings.has(anchor) ? undefined : "no such heading";
}

/** The anchors of a page's headings, as GitHub and vitepress make them: lower case, punctuation left out, spaces as hyphens. */
export function anchorsOf(text: string): Set<string> {
	const anchors = new Set<string>();
	for (const [, heading] of withoutCode(text).matchAll(/^#{1,6}\s+(.*?)\s*#*$/gm)) {
		const plain = heading!.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
		const anchor = plain.replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-");
		for (let k = 0; ; k++) {
			const numbered = k === 0 ? anchor : `${anchor}-${k}`;
			if (anchors.has(numbered)) continue;
			anchors.add(numbered);
			break;
		}
	}
	return anchors;
}

/** The same lines with empty fenced code and code spans, because code contains neither links nor headings. */
function withoutCode(text: string): string {
	let isFenced = false;
	return text
		.split("\n")
		.map((line) => {
			const isFence = /^\s*(```|~~~)/.test(line);
			if (isFence) isFenced = !isFenced;
			return isFence || isFenced ? "" : line.startsWith("#") ? line.replaceAll("`", "") : line.replace(/`[^`]*`/g, "");
		})
		.join("\n");
}

/** Markdown pages that git tracks or would track. */
function pages(): string[] {
	const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], { cwd: ROOT });
	return listed
		.toString()
		.split("\n")
		.filter((path) => path !== "" && existsSync(join(ROOT, path)));
}

if (import.meta.main) {
	const dead = pages().flatMap((path) => deadLinks(join(ROOT, path), readFileSync(join(ROOT, path), "utf8"), ROOT));
	for (const { page, line, target, reason } of dead) console.error(`${page}:${line}: ${target}: ${reason}`);
	if (dead.length > 0) process.exitCode = 1;
}
