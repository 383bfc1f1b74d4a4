#!/usr/bin/env node
// Runs the built program if it exists, otherwise the sources (Node.js 24 and later support their syntax).
import { existsSync } from "node:fs";
import { useCompileCache } from "./compile-cache.js";

const built = new URL("../dist/program/minerdetector.js", import.meta.url);
const source = new URL("../src/cli/minerdetector.ts", import.meta.url);
const installed = existsSync(new URL("../node_modules/commander", import.meta.url));
useCompileCache();
if (existsSync(built)) await import(built.href);
else if (installed && process.features.typescript && Number.parseInt(process.versions.node, 10) >= 24)
	await import(source.href);
else {
	const remedy = installed
		? `Node.js ${process.versions.node} cannot run the sources, 24 can`
		: "run `npm ci` here once";
	console.error(`minerdetector: ${remedy}; \`npx minerdetector\` in this checkout brings its own Node.js`);
	process.exitCode = 1;
}
