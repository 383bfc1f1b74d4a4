/** The address of a module beside the caller's, as a worker wants it: `.ts` from the sources, `.js` from the build. */
export function siblingModule(importMetaUrl: string, name: string): URL {
	return new URL(`./${name}${importMetaUrl.endsWith(".ts") ? ".ts" : ".js"}`, importMetaUrl);
}
