import type { z } from "zod";
import { nearestWord } from "./nearest-word.ts";

/** The meaning of one schema issue for the author of the file. */
export interface SchemaProblem {
	readonly path: readonly PropertyKey[];
	readonly message: string;
	/** Whether the key is at fault, not its value. */
	readonly isKey: boolean;
}

type Issue = z.core.$ZodIssue;

/** Replaces the issue of a union by the issues of the nearest alternative. */
export function flattenIssues(issues: readonly Issue[]): Issue[] {
	const flat = issues.flatMap((issue) => {
		if (issue.code !== "invalid_union" || issue.errors.length === 0) return [issue];
		const alternatives = issue.errors.map((errors) => flattenIssues(errors));
		if (alternatives.every(failsAtRoot)) return [joinedTypes(issue, alternatives)];
		const nearest = alternatives
			.filter((each) => !failsAtRoot(each))
			.reduce((best, each) => (weightOf(each) < weightOf(best) ? each : best));
		return nearest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
	});
	return withoutMisspelt(flat);
}

/** One sentence for each problem in `issue`, with its path from the root. `value` is the validated value. */
export function describeIssue(issue: Issue, value: unknown, schema: z.core.$ZodType): SchemaProblem[] {
	const { path } = issue;
	if (issue.code === "unrecognized_keys") {
		const known = [...keysAt(schema, path)];
		return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(key, known), isKey: true }));
	}
	return [{ path, message: `${placeOf(path)}${complaint(issue, valueAt(value, path))}`, isKey: false }];
}

function complaint(issue: Issue, found: unknown): string {
	if (issue.code === "invalid_type") return `expected ${issue.expected}, found ${shown(found)}`;
	if (issue.code === "invalid_value") {
		const values = issue.values.map(String);
		const nearest = typeof found === "string" ? nearestWord(found, values) : undefined;
		return `expected ${values.join(" or ")}, found ${shown(found)}${hint(nearest)}`;
	}
	if (issue.code === "invalid_key") return issue.issues[0]?.message ?? issue.message;
	return issue.message;
}

function unknownKey(key: string, known: readonly string[]): string {
	const nearest = nearestWord(key, known);
	// Another variant of a union has this key, the one that matched best does not.
	if (nearest === key) return `unknown key ${shown(key)} beside the other keys here`;
	const rest = nearest === undefined && known.length > 0 ? `; the keys here are ${known.join(", ")}` : hint(nearest);
	return `unknown key ${shown(key)}${rest}`;
}

function hint(nearest: string | undefined): string {
	return nearest === undefined ? "" : `; did you mean "${nearest}"?`;
}

function placeOf(path: readonly PropertyKey[]): string {
	const text = path.reduce<string>(
		(before, step) => (typeof step === "number" ? `${before}[${step}]` : `${before && `${before}.`}${String(step)}`),
		"",
	);
	return text && `${text}: `;
}

function shown(value: unknown): string {
	if (value === undefined) return "nothing";
	if (Array.isArray(value)) return "a list";
	if (typeof value === "object" && value !== null) return "a map";
	return JSON.stringify(value).slice(0, 80);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
	return path.reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown> | null | undefined)?.[step], value);
}

function failsAtRoot(issues: readonly Issue[]): boolean {
	return issues.some(({ code, path }) => code === "invalid_type" && path.length === 0);
}

/** A missing key with a misspelt key beside it is one fault, not two. */
function withoutMisspelt(issues: readonly Issue[]): Issue[] {
	const unknown = issues.flatMap((issue) =>
		issue.code === "unrecognized_keys" ? issue.keys.map((key) => ({ key, parent: placeOf(issue.path) })) : [],
	);
	return issues.filter(({ code, path, input }) => {
		if (code !== "invalid_type" || input !== undefined || path.length === 0) return true;
		const [parent, missing] = [placeOf(path.slice(0, -1)), String(path.at(-1))];
		return !unknown.some((word) => word.parent === parent && nearestWord(word.key, [missing]) !== undefined);
	});
}

/** Unknown and missing keys weigh more than a wrong value: the keys show which alternative was meant. */
function weightOf(issues: readonly Issue[]): number {
	return issues.reduce((sum, issue) => {
		if (issue.code === "unrecognized_keys") return sum + 10 * issue.keys.length;
		return sum + (issue.code === "invalid_type" && issue.input === undefined ? 10 : 1);
	}, 0);
}

function joinedTypes(union: Issue, alternatives: readonly Issue[][]): Issue {
	const types = alternatives.flat().map((issue) => (issue.code === "invalid_type" ? issue.expected : undefined));
	const expected = [...new Set(types.filter((type) => type !== undefined))].join(" or ");
	return { code: "invalid_type", expected: expected as "string", path: union.path, message: union.message };
}

/** The keys that the schema knows at `path`, those of all alternatives of a union. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): Set<string> {
	let schemas = alternativesOf(schema);
	for (const step of path) schemas = schemas.flatMap((each) => childrenOf(each, step)).flatMap(alternativesOf);
	return new Set(schemas.flatMap((each) => Object.keys(shapeOf(each))));
}

type Definition = z.core.$ZodTypeDef & {
	readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
	readonly element?: z.core.$ZodType;
	readonly valueType?: z.core.$ZodType;
	readonly innerType?: z.core.$ZodType;
	readonly in?: z.core.$ZodType;
	readonly left?: z.core.$ZodType;
	readonly right?: z.core.$ZodType;
	readonly options?: readonly z.core.$ZodType[];
	readonly getter?: () => z.core.$ZodType;
};

function shapeOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> {
	return (schema._zod.def as Definition).shape ?? {};
}

function childrenOf(schema: z.core.$ZodType, step: PropertyKey): z.core.$ZodType[] {
	const { element, valueType } = schema._zod.def as Definition;
	return [shapeOf(schema)[String(step)], element, valueType].filter((child) => child !== undefined);
}

/** Unwraps the wrappers of objects, lists and records: optional, default, pipe, union, intersection, lazy. */
function alternativesOf(schema: z.core.$ZodType): z.core.$ZodType[] {
	const { innerType, in: input, left, right, options, getter } = schema._zod.def as Definition;
	const inner = [innerType, input, left, right, ...(options ?? []), getter?.()].filter((each) => each !== undefined);
	return inner.length === 0 ? [schema] : inner.flatMap(alternativesOf);
}
