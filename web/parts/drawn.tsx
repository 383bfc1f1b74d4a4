import { h, type VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { PageChild, PageElement } from "../../src/report/page/element.ts";

/** An element of the report's components as DOM nodes. */
export function Drawn({ of }: { readonly of: PageElement }): VNode {
	return nodeOf(of) as VNode;
}

function nodeOf(child: PageChild): VNode | string {
	if (typeof child === "string") return child;
	return h(child.tag, child.attributes as Record<string, string>, ...child.children.map(nodeOf));
}

/** A picture drawn for the width that it has, so that its letters keep their size. */
export function Picture({
	draw,
	caption,
}: {
	readonly draw: (width: number) => PageElement;
	readonly caption?: string;
}) {
	const figure = useRef<HTMLElement>(null);
	const [width, setWidth] = useState(760);
	useLayoutEffect(() => {
		const observer = new ResizeObserver(([entry]) => {
			const measured = Math.round(entry?.contentRect.width ?? 0);
			if (measured > 0) setWidth(Math.max(280, measured));
		});
		observer.observe(figure.current!);
		return () => observer.disconnect();
	}, []);
	return (
		<figure class="picture" ref={figure}>
			<Drawn of={draw(width)} />
			{caption && <figcaption>{caption}</figcaption>}
		</figure>
	);
}
