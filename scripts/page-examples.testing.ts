/** An example of a documentation page: a TypeScript program, and the lines that the page says it prints. */
export interface PageExample {
	/** The file name in the first line of the program. */
	readonly name: string;
	readonly code: string;
	readonly output: string;
}

/** The examples of a Markdown page: fenced `ts` blocks that begin with `// NAME.ts`, each followed by a `text` block. */
export function examplesOf(page: string): PageExample[] {
	const blocks = page.matchAll(/^```ts\n\/\/ (\S+\.ts)\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```$)?/gm);
	return [...blocks].map(([, name, code, output]) => {
		if (output === undefined) throw new Error(`${name}: the page does not show what it prints`);
		return { name: name!, code: code!, output };
	});
}
