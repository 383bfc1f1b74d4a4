import { element, type PageElement } from "./element.ts";

/** A wide table in a region that scrolls; the keyboard reaches it (WCAG 2.2, 2.1.1). `label` is unique on its page. */
export function scrolled(label: string, table: PageElement): PageElement {
	return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, table);
}
