import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Plugin, type Rolldown } from "vite";
import { BASE_STYLE } from "../src/report/page/base-style.ts";
import { DESIGN_TOKENS } from "../src/report/page/tokens.ts";

const SOURCES = fileURLToPath(new URL("../web/", import.meta.url));

/** Compressed JavaScript that a browser may have to load, in bytes. */
const MOST_SCRIPT = 100_000;

/** The style that the UI shares with the reports, as a module of CSS. */
const SHARED_DESIGN: Plugin = {
	name: "shared-design",
	resolveId: (id) => (id === "virtual:design.css" ? `\0${id}` : undefined),
	load: (id) => (id === "\0virtual:design.css" ? DESIGN_TOKENS + BASE_STYLE : undefined),
};

/** Builds the web UI into a folder: one page, its scripts and styles, nothing inline and nothing of other hosts. */
export async function buildWeb(folder: string): Promise<{ readonly scriptBytes: number }> {
	const output = (await build({
		root: SOURCES,
		configFile: false,
		logLevel: "warn",
		plugins: [SHARED_DESIGN],
		oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
		build: {
			outDir: folder,
			emptyOutDir: true,
			// Modern browsers alone: `light-dark()`, `:has()`, `Array.prototype.with`.
			target: ["chrome123", "firefox121", "safari17.5"],
			assetsInlineLimit: 0,
			modulePreload: { polyfill: false },
		},
	})) as Rolldown.RolldownOutput;
	const scriptBytes = output.output.reduce(
		(sum, file) => sum + (file.type === "chunk" ? gzipSync(file.code).length : 0),
		0,
	);
	if (scriptBytes > MOST_SCRIPT) throw new Error(`the web UI has ${scriptBytes} bytes of compressed JavaScript`);
	return { scriptBytes };
}

if (import.meta.main) {
	const { scriptBytes } = await buildWeb(fileURLToPath(new URL("../dist/web/", import.meta.url)));
	console.log(`web UI: ${scriptBytes} bytes of compressed JavaScript`);
}
