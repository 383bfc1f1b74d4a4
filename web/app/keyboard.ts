import { useEffect, useRef } from "preact/hooks";

/** Names of keys, alone (`/`) or after another (`g n`), and what they do. */
export type KeyActions = Readonly<Record<string, () => void>>;

/** The second key of a pair must follow within this time, in ms. */
const PATIENCE = 1500;

/** Shortcuts of a page. They rest while somebody types, while a dialog is open, and with Ctrl, Alt or Meta. */
export function useKeys(actions: KeyActions): void {
	const current = useRef(actions);
	current.current = actions;
	useEffect(() => {
		let prefix = "";
		let since = 0;
		const press = (event: KeyboardEvent): void => {
			if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
			if (document.querySelector("dialog[open]") !== null) return;
			const isPair = prefix !== "" && event.timeStamp - since < PATIENCE;
			const action = current.current[isPair ? `${prefix} ${event.key}` : event.key];
			prefix = "";
			if (action !== undefined) {
				event.preventDefault();
				action();
			} else if (Object.keys(current.current).some((keys) => keys.startsWith(`${event.key} `))) {
				prefix = event.key;
				since = event.timeStamp;
			}
		};
		document.addEventListener("keydown", press);
		return () => document.removeEventListener("keydown", press);
	}, []);
}

function isTyping(target: EventTarget | null): boolean {
	if (!(target instanceof HTMLElement)) return false;
	return target.matches("input:not([type=checkbox]), textarea, select") || target.isContentEditable;
}
