/**
 * The colours and measures of all pages: web UI, incident report, evaluation report. Text colours have a contrast of at
 * least 4.5 : 1 on `--paper`, `--card` and `--sunken` (WCAG 2.2, 1.4.3).
 */
export const DESIGN_TOKENS = `:root {
	color-scheme: light dark;
	--paper: light-dark(#f6f6f2, #11151a);
	--card: light-dark(#ffffff, #191e25);
	--sunken: light-dark(#edeee8, #0c0f13);
	--ink: light-dark(#1a1f26, #e5e8eb);
	--muted: light-dark(#59626d, #9ba5b1);
	--rule: light-dark(#dcded6, #2c343d);
	--edge: light-dark(#868d95, #6b7683);
	--accent: light-dark(#0a6868, #62cdc4);
	--on-accent: light-dark(#ffffff, #0b1b1a);
	--wash: light-dark(#e3efee, #17302f);
	--miner: light-dark(#12658f, #6cc4ea);
	--pool: light-dark(#a2510b, #f2a863);
	--confirmed: light-dark(#b0271f, #ff8f85);
	--confirmed-wash: light-dark(#fbe9e7, #3b1d1b);
	--probable: light-dark(#925000, #f5b95c);
	--probable-wash: light-dark(#fbf0dd, #352711);
	--suspected: light-dark(#4f5b69, #a9b4c0);
	--suspected-wash: light-dark(#e9ecef, #242b33);
	--good: light-dark(#2b6b3c, #84d497);
	--series-0: light-dark(#0b7285, #3bc9db);
	--series-1: light-dark(#c2410c, #ff922b);
	--series-2: light-dark(#6d28d9, #b197fc);
	--series-3: light-dark(#4d7c0f, #a9e34b);
	--sans: ui-sans-serif, system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
	--mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace;
	--radius: 0.5rem;
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
@media print { :root, :root[data-theme] { color-scheme: light; --paper: #ffffff; --rule: #b9bdb5; } }
`;
