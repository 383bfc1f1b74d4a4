import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** Modules that are loaded by name: commands, the library, and workers. */
const SOURCES = fileURLToPath(new URL("../src/", import.meta.url));
const NAMED = {
	decrypto: "cli/decrypto.ts",
	minerdetector: "cli/minerdetector.ts",
	index: "index.ts",
	nemea: "nemea/index.ts",
};

/**
 * The folders on the path from flows to verdicts, except modules that are useful without a verdict. Their imports are
 * included.
 */
const ON_THE_WAY = /\/src\/(bytes|flow|capture|tls|meter|mining|forest|detect)\//;
const WITHOUT_FLOWS = /-worker\.ts$|\/training\//;

/** Options of every build. */
export const BUILD_OPTIONS = {
	platform: "node",
	// Dependencies are installed next to the program, not bundled; helpers of the compiler are bundled.
	external: /^(?!@oxc-project\/runtime)[a-z@][^:]*$/,
	logLevel: "warn",
	// The oldest version that package.json supports; it does not know `using`.
	transform: { target: "node22.18" },
} as const;

/**
 * Builds the published program into one folder two levels below the package's root, like the sources. The code for
 * every flow is one module; other modules are loaded on demand. V8 treats constants and functions of the same module as
 * known; those of other modules it loads and checks at every use, which costs the whole program about a tenth of its
 * time (`npm run bench -- process`).
 */
export async function buildProgram(folder: string): Promise<void> {
	const workers = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((path) =>
		path.endsWith("-worker.ts"),
	);
	const entries = [...Object.entries(NAMED), ...workers.map((path) => [basename(path, ".ts"), path] as const)];
	const bundle = await rolldown({
		...BUILD_OPTIONS,
		input: Object.fromEntries(entries.map(([name, path]) => [name, SOURCES + path])),
		preserveEntrySignatures: "allow-extension",
	});
	await bundle.write({
		dir: folder,
		cleanDir: true,
		chunkFileNames: "[name].js",
		codeSplitting: {
			groups: [{ name: "way", test: (path) => ON_THE_WAY.test(path) && !WITHOUT_FLOWS.test(path) }],
		},
	});
	await bundle.close();
}

if (import.meta.main) await buildProgram(fileURLToPath(new URL("../dist/program/", import.meta.url)));
