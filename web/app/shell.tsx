import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Session } from "../../src/server/api-types.ts";
import { Dialog } from "../parts/dialog.tsx";
import { send } from "./api.ts";
import { useKeys } from "./keyboard.ts";
import { useConnected } from "./live.ts";
import { navigate, type Route } from "./route.ts";
import { applyTheme, storedTheme, THEMES, type Theme } from "./theme.ts";

const PAGES = [
	["", "Now", "n"],
	["incidents", "Incidents", "i"],
	["pools", "Pools", "p"],
	["allowlist", "Allowlist", "a"],
	["model", "Model", "m"],
	["system", "System", "s"],
] as const;

interface ShellProps {
	readonly session: Session;
	readonly route: Route;
	readonly onSessionChange: () => void;
	readonly children: ComponentChildren;
}

/** What stands around every page: navigation, search, state of the connection, theme, login. */
export function Shell({ session, route, onSessionChange, children }: ShellProps) {
	const current = route.parts[0] ?? "";
	const [showsKeys, setShowsKeys] = useState(false);
	const search = useRef<HTMLInputElement>(null);
	const main = useRef<HTMLElement>(null);
	useKeys({
		"/": () => search.current?.focus(),
		"?": () => setShowsKeys(true),
		...Object.fromEntries(PAGES.map(([path, , key]) => [`g ${key}`, () => navigate(`/${path}`)])),
	});
	const place = route.parts.join("/");
	const isFirst = useRef(true);
	useEffect(() => {
		document.title = `${PAGES.find(([path]) => path === current)?.[1] ?? "?"} · DeCrypto`;
		// A new page begins at its top for the keyboard and for screen readers, too.
		if (!isFirst.current) main.current?.focus({ preventScroll: true });
		isFirst.current = false;
	}, [place]);
	return (
		<>
			<a class="skip" href="#main" onClick={() => main.current?.focus()}>
				To the contents
			</a>
			<header class="shell">
				<a class="brand" href="/">
					<img src="/icon.svg" alt="" width="24" height="24" />
					DeCrypto
				</a>
				<nav aria-label="Pages">
					{PAGES.map(([path, name]) => (
						<a href={`/${path}`} key={path} aria-current={path === current ? "page" : undefined}>
							{name}
						</a>
					))}
				</nav>
				<form
					role="search"
					onSubmit={(event) => {
						event.preventDefault();
						navigate(`/incidents?text=${encodeURIComponent(search.current?.value ?? "")}`);
					}}
				>
					<input
						ref={search}
						type="search"
						name="text"
						placeholder="Host, pool, coin …"
						aria-label="Search incidents"
						aria-keyshortcuts="/"
						autocomplete="off"
						maxLength={500}
					/>
				</form>
				<LiveState />
				<ThemeChoice />
				<button type="button" class="plain" onClick={() => setShowsKeys(true)} aria-label="Keyboard shortcuts">
					?
				</button>
				{session.user !== null && (
					<button
						type="button"
						class="plain"
						title={`${session.user}, ${session.role}`}
						onClick={() => void send("DELETE", "/session").finally(onSessionChange)}
					>
						Log out
					</button>
				)}
			</header>
			<main id="main" ref={main} tabIndex={-1}>
				{children}
			</main>
			<footer class="shell">All times are UTC. {session.version && `DeCrypto ${session.version}`}</footer>
			{showsKeys && <KeyHelp onClose={() => setShowsKeys(false)} />}
		</>
	);
}

function LiveState() {
	const isConnected = useConnected();
	return (
		<span class={`live ${isConnected ? "on" : "off"}`} role="status">
			{isConnected ? "live" : "not live"}
		</span>
	);
}

function ThemeChoice() {
	const [theme, setTheme] = useState(storedTheme);
	return (
		<select
			class="plain"
			aria-label="Colours"
			value={theme}
			onChange={({ currentTarget }) => {
				const chosen = currentTarget.value as Theme;
				applyTheme(chosen);
				setTheme(chosen);
			}}
		>
			{THEMES.map((each) => (
				<option key={each} value={each}>
					{each}
				</option>
			))}
		</select>
	);
}

const KEYS = [
	["/", "search"],
	["?", "this list"],
	["j, k or ↓, ↑", "next, previous row of a table"],
	["Enter", "open the row"],
	["x", "select the row"],
	["Esc", "close a dialog"],
] as const;

function KeyHelp({ onClose }: { readonly onClose: () => void }) {
	return (
		<Dialog title="Keyboard" onClose={onClose}>
			<dl class="keys">
				{PAGES.map(([path, name, key]) => (
					<div key={path}>
						<dt>
							<kbd>g</kbd> <kbd>{key}</kbd>
						</dt>
						<dd>{name}</dd>
					</div>
				))}
				{KEYS.map(([key, words]) => (
					<div key={key}>
						<dt>
							<kbd>{key}</kbd>
						</dt>
						<dd>{words}</dd>
					</div>
				))}
			</dl>
		</Dialog>
	);
}
