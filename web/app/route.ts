import { useEffect, useState } from "preact/hooks";

/** A place within the UI. The address holds the whole state of a page. */
export interface Route {
	/** Decoded parts of the path. */
	readonly parts: readonly string[];
	readonly query: URLSearchParams;
}

const changed = new EventTarget();

export function routeOf(url: string): Route {
	const { pathname, searchParams } = new URL(url, "http://localhost");
	return { parts: pathname.split("/").filter(Boolean).map(decodedPart), query: searchParams };
}

/** A path typed by hand may hold a percent sign that encodes nothing; it stays as it is. */
function decodedPart(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}

/** Goes to an address of the UI. `replace`: without a new entry in the browser's history. */
export function navigate(address: string, replace = false): void {
	if (replace) history.replaceState(null, "", address);
	else history.pushState(null, "", address);
	changed.dispatchEvent(new Event("change"));
	if (!replace) window.scrollTo(0, 0);
}

export function useRoute(): Route {
	const [route, setRoute] = useState(() => routeOf(location.href));
	useEffect(() => {
		const update = (): void => setRoute(routeOf(location.href));
		changed.addEventListener("change", update);
		window.addEventListener("popstate", update);
		return () => {
			changed.removeEventListener("change", update);
			window.removeEventListener("popstate", update);
		};
	}, []);
	return route;
}

/** Links within the UI change the address without loading the page again. */
export function followLinks(): () => void {
	const follow = (event: MouseEvent): void => {
		const link = (event.target as Element | null)?.closest?.("a");
		if (!link || event.defaultPrevented || event.button !== 0) return;
		if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
		if (link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
		if (link.pathname.startsWith("/api/")) return;
		event.preventDefault();
		if (link.href !== location.href) navigate(link.href);
	};
	document.addEventListener("click", follow);
	return () => document.removeEventListener("click", follow);
}

/** The current path with changed conditions: `undefined` and "" remove one, an array sets alternatives. */
export function addressWith(
	path: string,
	query: URLSearchParams,
	changes: Readonly<Record<string, string | readonly string[] | undefined>>,
): string {
	const next = new URLSearchParams(query);
	for (const [name, value] of Object.entries(changes)) {
		next.delete(name);
		for (const each of typeof value === "string" ? [value] : (value ?? [])) if (each !== "") next.append(name, each);
	}
	const text = next.toString();
	return text === "" ? path : `${path}?${text}`;
}
