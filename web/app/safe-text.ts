import { options, type VNode } from "preact";
import { shownText } from "../../src/report/page/shown-text.ts";

/** Every text that becomes part of the page passes `shownText`, wherever it comes from. */
export function guardTexts(): void {
	const before = options.vnode;
	options.vnode = (vnode: VNode) => {
		if (typeof vnode.type === "string") {
			const props = vnode.props as { children?: unknown };
			const { children } = props;
			if (typeof children === "string") props.children = shownText(children);
			else if (Array.isArray(children)) props.children = children.map(shownChild);
		}
		before?.(vnode);
	};
}

function shownChild(child: unknown): unknown {
	return typeof child === "string" ? shownText(child) : child;
}
