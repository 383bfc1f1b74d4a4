import { defineConfig } from "vitepress";
import { sidebar } from "../sidebar.ts";

/** The pages are those of docs/, as they stand in the repository; only the menu is made here. */
// biome-ignore lint/style/noDefaultExport: vitepress reads its configuration from a default export
export default defineConfig({
	title: "DeCrypto",
	description: "Finds cryptominers in network traffic, and says how it knows.",
	srcDir: "pages",
	outDir: "../dist/site",
	cleanUrls: true,
	// A link to nothing fails the build.
	ignoreDeadLinks: false,
	themeConfig: {
		sidebar,
		search: { provider: "local" },
		outline: [2, 3],
	},
	vite: { build: { chunkSizeWarningLimit: 2000 } },
});
