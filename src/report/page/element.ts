import { shownText } from "./shown-text.ts";

/** A part of a page as plain data: the report writes it as markup, the web UI as DOM nodes. */
export interface PageElement {
	readonly tag: string;
	readonly attributes: Readonly<Record<string, string | number>>;
	readonly children: readonly PageChild[];
}

export type PageChild = PageElement | string;

type Given = PageChild | undefined | false | readonly (PageChild | undefined | false)[];
type Attributes = Readonly<Record<string, string | number | undefined | false>>;

/** An element. Children and attributes that are `undefined` or `false` are left out. */
export function element(tag: string, attributes: Attributes = {}, ...children: readonly Given[]): PageElement {
	const given = Object.entries(attributes).filter(([, value]) => value !== undefined && value !== false);
	return {
		tag,
		attributes: Object.fromEntries(given) as Record<string, string | number>,
		children: children.flat().filter((child): child is PageChild => child !== undefined && child !== false),
	};
}

/** Elements without an end tag (HTML Standard, 13.1.2). */
const VOID = new Set(["br", "col", "hr", "img", "input", "link", "meta"]);

/** The element as HTML. Every text and every attribute value is escaped: markup is never taken from data. */
export function markupOf(child: PageChild): string {
	if (typeof child === "string") return escaped(shownText(child));
	const { tag, attributes, children } = child;
	const pairs = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(shownText(String(value)))}"`);
	const start = `<${tag}${pairs.join("")}>`;
	return VOID.has(tag) ? start : `${start}${children.map(markupOf).join("")}</${tag}>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"'": "&#39;",
};

function escaped(text: string): string {
	return text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}
