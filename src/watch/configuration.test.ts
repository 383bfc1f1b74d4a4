import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { LocatedYamlError } from "../bytes/located-yaml.ts";
import { parseConfiguration, readConfiguration } from "./configuration.ts";
import { configurationJsonSchema } from "./configuration-schema.ts";
import { TestPlace } from "./daemon.testing.ts";
import { EXAMPLE_CONFIGURATION } from "./example.ts";
import { planDaemon } from "./plan.ts";
import { WRONG_CONFIGURATIONS } from "./wrong-configurations.testing.ts";

function refusal(work: () => unknown): LocatedYamlError {
	try {
		work();
	} catch (error) {
		if (error instanceof LocatedYamlError) return error;
		throw error;
	}
	assert.fail("the file is valid");
}

const validates = new Ajv2020({ strict: false, validateFormats: false }).compile(configurationJsonSchema());

/** The example with every line that is commented out as a key or entry put in force. */
function fullExample(): string {
	return EXAMPLE_CONFIGURATION.replaceAll(/^(inputs|allowlist|receivers): \[\]$/gm, "$1:")
		.replaceAll(/^#( {2}[- ] .*)$/gm, "$1")
		.replaceAll(/^( *)# ([a-z_]+: .*)$/gm, "$1$2");
}

test(`each of ${WRONG_CONFIGURATIONS.length} wrong files is refused with its line, its column and what was expected`, () => {
	const differences = WRONG_CONFIGURATIONS.flatMap(({ text, line, column, says }) => {
		const [problem] = refusal(() => parseConfiguration("x.yaml", text)).problems;
		const isAsExpected = problem!.line === line && problem!.column === column && says.test(problem!.message);
		return isAsExpected ? [] : [{ text, expected: [line, column, says], problem }];
	});
	assert.deepEqual(differences, []);
});

test("the JSON Schema refuses the wrong files, apart from faults that it cannot express", () => {
	for (const { text, isBeyondSchema } of WRONG_CONFIGURATIONS)
		if (!isBeyondSchema) assert.equal(validates(parse(text)), false, text);
});

test("an empty file and one with comments only are valid and watch nothing", () => {
	for (const text of ["", "\n", "# nothing yet\n", "{}"]) {
		const { value } = parseConfiguration("x.yaml", text);
		assert.deepEqual([value.inputs, value.receivers, value.log.level], [[], [], "info"]);
		assert.equal(validates(parse(text)), true, text);
	}
});

test("the example is valid, with and without its commented lines, and shows every key", () => {
	for (const text of [EXAMPLE_CONFIGURATION, fullExample()]) {
		parseConfiguration("x.yaml", text);
		assert.equal(validates(parse(text)), true, JSON.stringify(validates.errors));
	}
	const { properties } = configurationJsonSchema() as { properties: Record<string, { properties?: object }> };
	const shown = parse(fullExample()) as Record<string, object | undefined>;
	assert.deepEqual(Object.keys(shown).sort(), Object.keys(properties).sort());
	for (const [section, { properties: keys }] of Object.entries(properties)) {
		const left = Object.keys(keys ?? {}).filter((key) => !Object.hasOwn(shown[section] ?? {}, key));
		assert.deepEqual(
			left.filter((key) => key !== "flow_table"),
			[],
			section,
		);
	}
});

test("docs/decrypto.schema.json is the schema", () => {
	const published = readFileSync(new URL("../../docs/decrypto.schema.json", import.meta.url), "utf8");
	assert.deepEqual(JSON.parse(published), JSON.parse(JSON.stringify(configurationJsonSchema())));
});

test("a file that the configuration names and that cannot be used is told with the place where it is named", async () => {
	await using place = new TestPlace();
	const wrong = {
		"detection: { model: /nowhere/x.model }": [1, 21, /\/nowhere\/x\.model: no such file/],
		"allowlist_files:\n  - /nowhere/allow.yaml": [2, 5, /\/nowhere\/allow\.yaml: no such file/],
		"receivers:\n  - { name: a, http: { env: UNSET_URL } }": [2, 5, /the environment variable UNSET_URL is not set/],
		"detection: { pools: [builtin, /nowhere/pools.csv] }": [1, 31, /\/nowhere\/pools\.csv: no such file/],
		"inputs:\n  - { redis: 'redis://127.0.0.1/a', password: { env: UNSET } }": [2, 5, /variable UNSET is not set/],
		"inputs:\n  - listen: ipfix+tls://[::1]:4740\n    tls: { certificate: /nowhere/c.pem, key: /nowhere/k.pem }": [
			2,
			5,
			/\/nowhere\/c\.pem: no such file/,
		],
	} as const;
	for (const [text, [line, column, says]] of Object.entries(wrong)) {
		const source = parseConfiguration("x.yaml", text);
		const [problem] = refusal(() => planDaemon(source, place.surroundings)).problems;
		assert.match(problem!.message, says);
		assert.deepEqual([problem!.line, problem!.column], [line, column], text);
	}
});

test("a configuration file that is missing is one line", () => {
	assert.throws(() => readConfiguration("/nowhere/decrypto.yaml"), { message: "/nowhere/decrypto.yaml: no such file" });
});
