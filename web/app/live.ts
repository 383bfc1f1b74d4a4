import { useEffect, useRef, useState } from "preact/hooks";
import type { Change } from "../../src/server/api-types.ts";
import { apiAddress } from "./api.ts";

const TYPES = ["incident", "allowlist", "status", "remark", "lost"] as const;

/**
 * Changes that come within this time (ms) make a page load its data once. It is longer than the time for which the
 * server gives the same answer to everybody, so that the answer contains the change.
 */
const TOGETHER = 600;

/** Time (ms) after which a stream that the server refused is asked for again. */
const AGAIN = 5000;

const listeners = new Set<(change: Change) => void>();
const states = new EventTarget();
let source: EventSource | undefined;
let isWanted = false;
let isConnected = false;
let retry: ReturnType<typeof setTimeout> | undefined;

/** Keeps the stream of changes open until `disconnect`. */
export function connect(): void {
	isWanted = true;
	document.addEventListener("visibilitychange", followVisibility);
	followVisibility();
}

export function disconnect(): void {
	isWanted = false;
	document.removeEventListener("visibilitychange", followVisibility);
	close();
}

/** A page that nobody sees needs no stream: browsers open only six connections to a server of HTTP/1.1, for all tabs. */
function followVisibility(): void {
	if (document.visibilityState === "hidden") close();
	else if (isWanted && source === undefined) open();
}

function open(): void {
	clearTimeout(retry);
	source = new EventSource(apiAddress("/events"));
	source.onopen = () => {
		setConnected(true);
		// What happened while there was no connection is unknown.
		tell({ type: "lost", changes: 0 });
	};
	source.onerror = () => {
		setConnected(false);
		// The browser connects again by itself after a lost connection, but not after an answer other than 200.
		if (source?.readyState !== EventSource.CLOSED) return;
		source = undefined;
		retry = setTimeout(followVisibility, AGAIN);
	};
	for (const type of TYPES) source.addEventListener(type, ({ data }) => tell(JSON.parse(String(data)) as Change));
}

function close(): void {
	clearTimeout(retry);
	source?.close();
	source = undefined;
	setConnected(false);
}

function setConnected(value: boolean): void {
	isConnected = value;
	states.dispatchEvent(new Event("state"));
}

function tell(change: Change): void {
	for (const listener of listeners) listener(change);
}

/** Whether changes arrive. */
export function useConnected(): boolean {
	const [value, setValue] = useState(isConnected);
	useEffect(() => {
		const update = (): void => setValue(isConnected);
		update();
		states.addEventListener("state", update);
		return () => states.removeEventListener("state", update);
	}, []);
	return value;
}

/**
 * Calls `onChange` after changes that concern the page, several within a short time once. `again`: and once more after this
 * time (ms), where the answer has parts that the server counts less often.
 */
export function useChanges(concerns: (change: Change) => boolean, onChange: () => void, again?: number): void {
	useEffect(() => {
		let timer: ReturnType<typeof setTimeout> | undefined;
		let later: ReturnType<typeof setTimeout> | undefined;
		const listener = (change: Change): void => {
			if (change.type !== "lost" && !concerns(change)) return;
			timer ??= setTimeout(() => {
				timer = undefined;
				onChange();
			}, TOGETHER);
			clearTimeout(later);
			if (again !== undefined) later = setTimeout(onChange, again);
		};
		listeners.add(listener);
		return () => {
			listeners.delete(listener);
			clearTimeout(timer);
			clearTimeout(later);
		};
	}, [concerns, onChange, again]);
}

/** Calls `onChange` for every change at once. */
export function useEachChange(onChange: (change: Change) => void): void {
	const current = useRef(onChange);
	current.current = onChange;
	useEffect(() => {
		const listener = (change: Change): void => current.current(change);
		listeners.add(listener);
		return () => {
			listeners.delete(listener);
		};
	}, []);
}
