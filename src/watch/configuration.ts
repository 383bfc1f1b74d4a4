import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { inContext } from "../bytes/error.ts";
import { type LocatedYaml, readLocatedYaml } from "../bytes/located-yaml.ts";
import { type Configuration, configurationSchema } from "./configuration-schema.ts";

/** A file that was read and validated. */
export interface ReadConfiguration extends LocatedYaml<Configuration> {
	/** For messages, and to read it again. */
	readonly file: string;
	/** What the file says, as plain data: what a reload compares. */
	readonly written: Readonly<Record<string, unknown>>;
	readonly text: string;
}

/** Throws a `LocatedYamlError` with file, line and column, or one line where the file cannot be read. */
export function readConfiguration(file: string): ReadConfiguration {
	let text: string;
	try {
		text = readFileSync(file, "utf8");
	} catch (error) {
		throw inContext(file, error);
	}
	return parseConfiguration(file, text);
}

/** `file` is only for messages. */
export function parseConfiguration(file: string, text: string): ReadConfiguration {
	const located = readLocatedYaml(file, text, configurationSchema);
	const written = (parse(text, { maxAliasCount: 100 }) ?? {}) as Record<string, unknown>;
	return { ...located, file, written, text };
}
