import { readdirSync } from "node:fs";
import { buildScript } from "../scripts/build-script.ts";

/**
 * `npm run bench -- NAME…` runs the named benchmarks, without a name all of them. They are built first, like the
 * program, so that they measure the published form.
 */
const files = readdirSync(import.meta.dirname);
const all = files
	.filter((name) => name.endsWith(".bench.ts"))
	.map((name) => name.slice(0, -".bench.ts".length))
	.sort();
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !all.includes(name));
if (unknown.length > 0) {
	console.error(`bench: no benchmark called ${unknown.join(", ")}; there are: ${all.join(", ")}`);
	process.exit(2);
}
for (const name of asked.length > 0 ? asked : all) {
	console.log(`\n# ${name}`);
	const onThreads = files.filter((file) => file.startsWith(`${name}-`) && file.endsWith("-worker.ts"));
	for (const file of onThreads) await built(file);
	await import(await built(`${name}.bench.ts`));
}

async function built(file: string): Promise<string> {
	const into = `${import.meta.dirname}/.data/${file.replace(/\.ts$/, ".js")}`;
	await buildScript(`${import.meta.dirname}/${file}`, into);
	return into;
}
