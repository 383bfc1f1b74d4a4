#!/usr/bin/env node
// Runs the built program where it stands, else the sources as they are (Node.js 22.18 and later strip the types).
import { existsSync } from "node:fs";
import { useCompileCache } from "./compile-cache.js";

const built = new URL("../dist/cli/decrypto.js", import.meta.url);
const source = new URL("../src/cli/decrypto.ts", import.meta.url);
useCompileCache();
if (existsSync(built)) await import(built.href);
else if (process.features.typescript && existsSync(new URL("../node_modules/commander", import.meta.url)))
	await import(source.href);
else {
	console.error("decrypto: this checkout is not installed yet: run `npm ci` in it, then `npx decrypto`");
	process.exitCode = 1;
}
