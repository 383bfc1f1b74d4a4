import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { startServer } from "./client.testing.ts";

type Json = Readonly<Record<string, unknown>>;

test("the OpenAPI document is whole: references, identifiers, parameters, descriptions and schemas", async (t) => {
	const server = await startServer(t);
	const { document } = server.checker;
	const served = await (await fetch(new URL("api/v1/openapi.json", server.server.url))).json();
	assert.deepEqual(served, JSON.parse(JSON.stringify(document)));
	assert.equal(document.openapi, "3.1.0");
	const identifiers = server.checker.operations;
	assert.equal(new Set(identifiers).size, identifiers.length);
	for (const [path, methods] of Object.entries(document.paths)) {
		for (const [method, operation] of Object.entries(methods)) {
			const {
				parameters = [],
				responses,
				summary,
			} = operation as unknown as Json & {
				readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
				readonly responses: Json;
				readonly summary: string;
			};
			const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
			const inPath = parameters.filter((each) => each.in === "path");
			assert.deepEqual(
				inPath.map(({ name, required }) => [name, required]),
				named.map((name) => [name, true]),
				`${method} ${path}`,
			);
			assert.ok(summary.length > 5 && responses["200"] !== undefined && responses.default !== undefined);
			for (const response of Object.values(responses)) assert.ok((response as Json).description);
		}
	}
	const ajv = new Ajv2020({ strict: true, strictTypes: false, strictTuples: false, allowUnionTypes: true });
	ajv.addVocabulary(["components", "example", "discriminator"]);
	ajv.addSchema({ $id: "openapi", components: document.components }, "openapi");
	for (const name of Object.keys(document.components.schemas)) {
		assert.doesNotThrow(() => ajv.compile({ $ref: `openapi#/components/schemas/${name}` }), name);
	}
	for (const [, reference] of JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)) {
		const name = /^#\/components\/schemas\/(\w+)$/.exec(reference!)?.[1];
		assert.ok(name !== undefined && document.components.schemas[name], reference);
	}
});

test("the document needs the right of a viewer, like all that tells of this installation", async (t) => {
	const server = await startServer(t, { users: { alice: "viewer" } });
	assert.equal((await fetch(new URL("api/v1/openapi.json", server.server.url))).status, 401);
});
