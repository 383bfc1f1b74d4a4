import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";

type Json = Readonly<Record<string, unknown>>;

export interface OpenApiDocument extends Json {
	readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
	readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

interface Operation {
	readonly operationId: string;
	readonly summary: string;
	readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, unknown>> }>>;
}

/** Checks responses against an OpenAPI document; members that it does not mention are errors, too. */
export class ResponseChecker {
	readonly document: OpenApiDocument;
	/** Operations whose success was checked. */
	readonly seen = new Set<string>();
	readonly #ajv = new Ajv2020({ strict: false, allErrors: true });

	constructor(document: OpenApiDocument) {
		this.document = document;
		this.#ajv.addSchema(closed(document), "openapi");
	}

	get operations(): string[] {
		return Object.values(this.document.paths).flatMap((methods) =>
			Object.values(methods).map(({ operationId }) => operationId),
		);
	}

	checkSchema(name: string, value: unknown): void {
		const validate = this.#ajv.compile({ $ref: `openapi#/components/schemas/${name}` });
		assert.ok(validate(value), `${name}: ${this.#ajv.errorsText(validate.errors)}\n${JSON.stringify(value)}`);
	}

	/** `path` as it was asked, without the API's prefix and query. */
	check(method: string, path: string, status: number, contentType: string, body: unknown): void {
		const template = this.#templateOf(method, path);
		const operation = this.document.paths[template]![method.toLowerCase()]!;
		const response = operation.responses[status] ? String(status) : "default";
		if (status < 300) this.seen.add(operation.operationId);
		if (
			!contentType.startsWith("application/json") ||
			operation.responses[response]!.content["application/json"] === undefined
		) {
			assert.ok(status < 300, `${method} ${path}: ${status} without JSON`);
			return;
		}
		const place = [
			"paths",
			template,
			method.toLowerCase(),
			"responses",
			response,
			"content",
			"application/json",
			"schema",
		];
		const pointer = place.map((step) => encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");
		const validate = this.#ajv.compile({ $ref: `openapi#/${pointer}` });
		assert.ok(
			validate(body),
			`${method} ${path} ${status}: ${this.#ajv.errorsText(validate.errors)}\n${JSON.stringify(body)}`,
		);
	}

	#templateOf(method: string, path: string): string {
		const steps = path.split("/");
		const fits = (template: string) => {
			const parts = template.split("/");
			return parts.length === steps.length && parts.every((part, i) => part.startsWith("{") || part === steps[i]);
		};
		const found = Object.keys(this.document.paths).filter(
			(template) => fits(template) && this.document.paths[template]![method.toLowerCase()],
		);
		// The one with the fewest parameters: `/incidents/export` before `/incidents/{id}`.
		const [first] = found.sort((a, b) => a.split("{").length - b.split("{").length);
		assert.ok(first, `${method} ${path} is not in the OpenAPI document`);
		return first;
	}
}

/** The document with every object closed to members that it does not name. */
function closed(document: OpenApiDocument): Json {
	const extended = new Set<unknown>();
	visit(document, (schema) => {
		for (const part of (schema.allOf as Json[] | undefined) ?? []) {
			extended.add(part);
			const name = typeof part.$ref === "string" ? part.$ref.split("/").at(-1)! : "";
			extended.add(document.components.schemas[name]);
		}
	});
	return copy(document) as Json;

	function copy(value: unknown): unknown {
		if (Array.isArray(value)) return value.map(copy);
		if (typeof value !== "object" || value === null) return value;
		const schema = value as Json;
		const copied = Object.fromEntries(Object.entries(schema).map(([key, member]) => [key, copy(member)]));
		if (extended.has(value)) return copied;
		if (schema.allOf) return { ...copied, unevaluatedProperties: false };
		const isObject = schema.type === "object" && schema.properties !== undefined;
		return isObject && schema.additionalProperties === undefined ? { ...copied, additionalProperties: false } : copied;
	}
}

function visit(value: unknown, see: (schema: Json) => void): void {
	if (typeof value !== "object" || value === null) return;
	see(value as Json);
	for (const member of Object.values(value)) visit(member, see);
}
