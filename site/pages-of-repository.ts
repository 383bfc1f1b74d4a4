import { dirname, join, normalize, relative } from "node:path/posix";

/** Pages of the repository outside docs/ that the site has, too: path in the repository, name of the page. */
const FURTHER_PAGES: Readonly<Record<string, string>> = {
	"README.md": "index.md",
	"CONTRIBUTING.md": "contributing.md",
	"CHANGELOG.md": "changelog.md",
	"models/README.md": "model-card.md",
	"samples/README.md": "samples.md",
};

/** Where a file of the repository stands in the site; undefined for a file that is not part of the site. */
function placeInSite(path: string): string | undefined {
	return path.startsWith("docs/") ? path.slice("docs/".length) : FURTHER_PAGES[path];
}

/** Pages outside docs/, by their path in the repository, with the name of the page in the site. */
export const furtherPages = Object.entries(FURTHER_PAGES);

/**
 * The text of a page with its links and pictures led to those of the site. A link to a file that the site does not have becomes its
 * text. `path` is the page's path in the repository. Fenced code stays as it is.
 */
export function withLinksOfSite(path: string, markdown: string): string {
	const here = dirname(placeInSite(path) ?? path);
	return markdown
		.split(/^(```[\s\S]*?^```)/m)
		.map((part) => (part.startsWith("```") ? part : part.replace(LINK, replaceLink)))
		.join("");

	function replaceLink(link: string, text: string, target: string, anchor = ""): string {
		const there = placeInSite(normalize(join(dirname(path), target)));
		if (there === undefined) return text;
		return `${link.startsWith("!") ? "!" : ""}[${text}](./${relative(here, there)}${anchor})`;
	}
}

/** Links and pictures within the repository: no scheme, and not only an anchor. */
const LINK = /!?\[((?:[^[\]]|\[[^\]]*\])*)\]\((?![a-z][a-z+.-]*:)([^)#\s]+)(#[^)\s]*)?\)/g;
