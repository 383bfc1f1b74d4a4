import { useEffect, useRef, useState } from "preact/hooks";
import type { Change } from "../../src/server/api-types.ts";
import { apiAddress } from "./api.ts";

const TYPES = ["incident", "allowlist", "status", "remark", "lost"] as const;

/**
 * Changes that come within this time (ms) make a page load its data once. It is longer than the half second for which the
 * server gives the same answer to everybody, so that the answer contains the change.
 */
const TOGETHER = 600;

const listeners = new Set<(change: Change) => void>();
const states = new EventTarget();
let source: EventSource | undefined;
let isConnected = false;

/** Opens the stream of changes. The browser connects again by itself after a lost connection. */
export function connect(): void {
	if (source !== undefined) return;
	source = new EventSource(apiAddress("/events"));
	source.onopen = () => {
		setConnected(true);
		// What happened while the connection was lost is unknown.
		tell({ type: "lost", changes: 0 });
	};
	source.onerror = () => {
		setConnected(false);
		// After an answer other than 200 the browser gives up; ask again later.
		if (source?.readyState === EventSource.CLOSED) {
			source = undefined;
			setTimeout(connect, 5000);
		}
	};
	for (const type of TYPES) source.addEventListener(type, ({ data }) => tell(JSON.parse(String(data)) as Change));
}

export function disconnect(): void {
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

/** Calls `onChange` after changes that concern the page, several within a short time once. */
export function useChanges(concerns: (change: Change) => boolean, onChange: () => void): void {
	useEffect(() => {
		let timer: ReturnType<typeof setTimeout> | undefined;
		const listener = (change: Change): void => {
			if (change.type !== "lost" && !concerns(change)) return;
			timer ??= setTimeout(() => {
				timer = undefined;
				onChange();
			}, TOGETHER);
		};
		listeners.add(listener);
		return () => {
			listeners.delete(listener);
			clearTimeout(timer);
		};
	}, [concerns, onChange]);
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
