import {
	type Document,
	isCollection,
	isMap,
	isNode,
	isPair,
	isScalar,
	LineCounter,
	type ParsedNode,
	parseDocument,
} from "yaml";
import type { z } from "zod";
import { UsageError } from "./error.ts";
import { describeIssue, flattenIssues } from "./schema-problems.ts";

/** One fault of a YAML or JSON file that a person wrote. */
export interface LocatedProblem {
	readonly file: string;
	/** From 1. */
	readonly line: number;
	readonly column: number;
	/** Keys and positions from the root to the value: `["receivers", 0, "name"]`. */
	readonly path: readonly PropertyKey[];
	/** The fault and the expectation: `unknown key "ownr"; did you mean "owner"?`. */
	readonly message: string;
}

/** A validated file. `locate` returns the position of a value, for checks that a schema cannot express. */
export interface LocatedYaml<T> {
	readonly value: T;
	locate(path: readonly PropertyKey[]): { readonly line: number; readonly column: number };
}

/**
 * The problems of one file, `file:line:column: message` per line; `details.problems` has them as
 * {@link LocatedProblem}.
 */
export class LocatedYamlError extends UsageError {
	readonly problems: readonly LocatedProblem[];

	constructor(problems: readonly LocatedProblem[]) {
		super(problems.map(problemText).join("\n"), { problems });
		this.name = "LocatedYamlError";
		this.problems = problems;
	}
}

export function problemText({ file, line, column, message }: LocatedProblem): string {
	return `${file}:${line}:${column}: ${message}`;
}

/**
 * Reads YAML 1.2, of which JSON is a subset, and validates it. `file` is only for messages.
 * An empty file is an empty map. Throws {@link LocatedYamlError} that lists up to 20 problems.
 */
export function readLocatedYaml<S extends z.ZodType>(file: string, text: string, schema: S): LocatedYaml<z.output<S>> {
	if (text.length > LONGEST_TEXT) throw tooLong(file, text.length);
	const lines = new LineCounter();
	const document = parsed(file, text, lines);
	const positionAt = (offset: number) => {
		const { line, col } = lines.linePos(offset);
		return { line: Math.max(line, 1), column: Math.max(col, 1) };
	};
	const faults = [...document.errors, ...document.warnings].map(({ message, pos }) => ({
		file,
		...positionAt(pos[0]),
		path: [],
		message: firstLine(message),
	}));
	if (faults.length > 0) throw new LocatedYamlError(faults.slice(0, MOST_PROBLEMS));
	const locate = (path: readonly PropertyKey[], wantsKey = false) =>
		positionAt(offsetOf(document.contents, path, wantsKey));
	const value = expanded(file, () => document.toJS({ maxAliasCount: 100 }) ?? {});
	const result = schema.safeParse(value);
	if (result.success) return { value: result.data, locate };
	const problems = flattenIssues(result.error.issues).flatMap((issue) =>
		describeIssue(issue, value, schema).map(({ path, message, isKey }) => ({
			file,
			...locate(path, isKey),
			path,
			message,
		})),
	);
	throw new LocatedYamlError(problems.slice(0, MOST_PROBLEMS));
}

/** Characters. A configuration is some kilobytes; an allowlist of 100,000 entries some 20 MiB. */
const LONGEST_TEXT = 1 << 26;
const MOST_PROBLEMS = 20;

function tooLong(file: string, length: number): LocatedYamlError {
	const message = `the file has ${length} characters; at most ${LONGEST_TEXT} are read`;
	return new LocatedYamlError([{ file, line: 1, column: 1, path: [], message }]);
}

/** The parser refuses aliases that expand beyond the bound. */
function expanded(file: string, make: () => unknown): unknown {
	try {
		return make();
	} catch (error) {
		const message = firstLine(error instanceof Error ? error.message : String(error));
		throw new LocatedYamlError([{ file, line: 1, column: 1, path: [], message }]);
	}
}

/**
 * The start of the value at `path`, or of its key if `wantsKey`; of the nearest enclosing node if there is no such
 * value.
 */
function offsetOf(root: ParsedNode | null, path: readonly PropertyKey[], wantsKey: boolean): number {
	let node: unknown = root;
	let offset = root?.range[0] ?? 0;
	for (const [depth, step] of path.entries()) {
		if (!isCollection(node)) break;
		const pair = isMap(node) ? node.items.find(({ key }) => keyText(key) === String(step)) : undefined;
		const child: unknown = pair ? pair.value : isMap(node) ? undefined : node.items[Number(step)];
		const asksKey = wantsKey && depth === path.length - 1;
		if (isPair(pair) && isNode(pair.key) && pair.key.range) offset = pair.key.range[0];
		if (!asksKey && isNode(child) && child.range) offset = child.range[0];
		node = child;
	}
	return offset;
}

function keyText(key: unknown): string {
	return String(isScalar(key) ? key.value : key);
}

/** The parser is recursive: thousands of nested levels exhaust the stack. */
function parsed(file: string, text: string, lines: LineCounter): Document.Parsed {
	try {
		return parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		throw new LocatedYamlError([{ file, line: 1, column: 1, path: [], message: "the file is nested too deeply" }]);
	}
}

function firstLine(message: string): string {
	return message.split("\n", 1)[0]!;
}
