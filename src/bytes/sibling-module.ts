/** The URL of a module in the directory of the caller, for a worker: `.ts` in the sources, `.js` in the build. */
export function siblingModule(importMetaUrl: string, name: string): URL {
	return new URL(`./${name}${importMetaUrl.endsWith(".ts") ? ".ts" : ".js"}`, importMetaUrl);
}
