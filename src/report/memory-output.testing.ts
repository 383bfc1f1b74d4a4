import type { TextOutput } from "./text-output.ts";

/** An output that remembers what was written. */
export function memoryOutput(): TextOutput & { text(): string } {
	let written = "";
	return {
		name: "memory",
		text: () => written,
		async write(text) {
			written += text;
		},
		async flush() {},
		async close() {},
		async abandon() {},
	};
}
