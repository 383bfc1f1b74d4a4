import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

/** Where modules are that are asked for by name: commands, the library, and what runs on threads of its own. */
const SOURCES = fileURLToPath(new URL("../src/", import.meta.url));
const NAMED = {
	decrypto: "cli/decrypto.ts",
	minerdetector: "cli/minerdetector.ts",
	index: "index.ts",
	nemea: "nemea/index.ts",
};

/** The rooms that flows pass through on their way to a verdict, but for what is of use without one. What they import comes along. */
const ON_THE_WAY = /\/src\/(bytes|flow|capture|tls|meter|mining|forest|detect)\//;
const WITHOUT_FLOWS = /-worker\.ts$|\/training\//;

/** What every build is made with. */
export const BUILD_OPTIONS = {
	platform: "node",
	// Dependencies are installed beside the program, not copied into it; helpers of the compiler are.
	external: /^(?!@oxc-project\/runtime)[a-z@][^:]*$/,
	logLevel: "warn",
	// The oldest that package.json names: it does not know `using` yet.
	transform: { target: "node22.18" },
} as const;

/**
 * Builds the program as it is published, into one folder two levels below the package's, as the sources are: what every flow
 * passes through in one module, the rest in modules that are read when they are needed. V8 knows constants and functions
 * of the module it compiles; those of other modules it reads and checks at every use, which costs the whole program about a
 * tenth of its time (`npm run bench -- process`).
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
