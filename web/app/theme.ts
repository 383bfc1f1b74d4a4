export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "decrypto-theme";

/** Storage may be forbidden in a browser; then the choice lasts as long as the page. */
export function storedTheme(): Theme {
	try {
		return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? "system";
	} catch {
		return "system";
	}
}

export function applyTheme(theme: Theme): void {
	if (theme === "system") delete document.documentElement.dataset.theme;
	else document.documentElement.dataset.theme = theme;
	try {
		localStorage.setItem(KEY, theme);
	} catch {
		// Not stored; see above.
	}
}
