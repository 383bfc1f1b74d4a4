#!/usr/bin/env node
// Runs the built program where it stands, else the sources as they are (Node.js 22.18 and later strip the types).
import { existsSync } from "node:fs";
import { useCompileCache } from "./compile-cache.js";

const built = new URL("../dist/program/decrypto.js", import.meta.url);
const source = new URL("../src/cli/decrypto.ts", import.meta.url);
const installed = existsSync(new URL("../node_modules/commander", import.meta.url));
useCompileCache();
if (existsSync(built)) await import(built.href);
else if (installed && process.features.typescript) await import(source.href);
else {
	const remedy = installed ? `Node.js ${process.versions.node} is older than 22.18` : "run `npm ci` here once";
	console.error(`decrypto: ${remedy}; \`npx decrypto\` in this checkout brings its own Node.js`);
	process.exitCode = 1;
}
