import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

/** Rows of equal height within a list that scrolls with the window. */
export interface VisibleRows {
	readonly first: number;
	/** After the last one. */
	readonly end: number;
}

/** Rows beyond the edges of the window that are drawn, too. */
const MARGIN = 12;

/** Rows that a window shows: `top` is the list's distance from the window's upper edge, in pixels. */
export function rowsWithin(top: number, windowHeight: number, rowHeight: number, count: number): VisibleRows {
	const first = Math.floor(-top / rowHeight) - MARGIN;
	const end = Math.ceil((windowHeight - top) / rowHeight) + MARGIN;
	const within = (row: number) => Math.min(Math.max(row, 0), count);
	return { first: within(first), end: within(end) };
}

/** The rows to draw now, kept up to date while the window scrolls. */
export function useVisibleRows(list: RefObject<HTMLElement | null>, rowHeight: number, count: number): VisibleRows {
	const [rows, setRows] = useState<VisibleRows>({ first: 0, end: Math.min(count, 40) });
	useEffect(() => {
		let frame = 0;
		const measure = (): void => {
			frame = 0;
			const top = list.current?.getBoundingClientRect().top ?? 0;
			const next = rowsWithin(top, window.innerHeight, rowHeight, count);
			setRows((before) => (before.first === next.first && before.end === next.end ? before : next));
		};
		const later = (): void => {
			frame ||= requestAnimationFrame(measure);
		};
		measure();
		window.addEventListener("scroll", later, { passive: true });
		window.addEventListener("resize", later);
		return () => {
			cancelAnimationFrame(frame);
			window.removeEventListener("scroll", later);
			window.removeEventListener("resize", later);
		};
	}, [list, rowHeight, count]);
	return rows;
}

/** Whether a media query holds, kept up to date. */
export function useMedia(query: string): boolean {
	const [matches, setMatches] = useState(() => matchMedia(query).matches);
	useEffect(() => {
		const list = matchMedia(query);
		const update = (): void => setMatches(list.matches);
		update();
		list.addEventListener("change", update);
		return () => list.removeEventListener("change", update);
	}, [query]);
	return matches;
}
