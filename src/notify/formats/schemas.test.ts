import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { Ajv, Options } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import ajvFormats from "ajv-formats";
import { needsShared, sharedPath } from "../../../lab/shared-data.ts";
import { EVENT_KINDS } from "../../incident/incident.ts";
import { createNotification, type Notification } from "../notification.ts";
import { sampleEvent, sampleIncident, samplePool, sampleSender } from "../testing.ts";
import { FORMATS, type FormatName } from "./formats.ts";
import { jsonSchema } from "./json-schema.ts";

const addFormats = ajvFormats as unknown as (ajv: Ajv) => void;
const SETTINGS: Options = { strict: false, unicodeRegExp: false, allErrors: true, allowUnionTypes: true };

/** Every event, with IPv4 and IPv6, with and without pools, names and coins. */
const notifications: Notification[] = EVENT_KINDS.flatMap((kind, i) => {
	const pools = [samplePool(), samplePool({ key: "[2001:db8::9]:443", address: "2001:db8::9", port: 443, flows: 2 })];
	const { serverName: _, coin: __, ...bare } = samplePool({ key: "198.51.100.4:80", address: "198.51.100.4" });
	const variants = [
		sampleIncident({ pools }),
		sampleIncident({ pools: [bare], host: { address: "2001:db8::1" }, confidence: "suspected" }),
		sampleIncident({ pools: [], allowedBy: ["lab"] }),
	];
	const closed = kind === "closed" ? { state: "closed" as const, closed: sampleIncident().lastSeen } : {};
	return variants.map((incident) =>
		createNotification(sampleEvent({ kind, incident: { ...incident, ...closed } }), { test: i === 0 }),
	);
});

function bodies(name: FormatName): unknown[] {
	return notifications.map((notification) => JSON.parse(FORMATS[name].encode(notification, sampleSender)));
}

function readJson(path: string) {
	return JSON.parse(readFileSync(path, "utf8"));
}

function assertValid(validate: { (value: unknown): boolean; errors?: unknown }, value: unknown): void {
	assert.ok(validate(value), JSON.stringify(validate.errors, null, 1).slice(0, 3000));
}

test("json: valid against the published schema, which is the one that the code has", () => {
	const published = readFileSync(new URL("../../../docs/notification.schema.json", import.meta.url), "utf8");
	assert.deepEqual(JSON.parse(published), JSON.parse(JSON.stringify(jsonSchema())));
	const ajv = new Ajv2020({ ...SETTINGS, strict: false });
	addFormats(ajv as unknown as Ajv);
	const validate = ajv.compile(JSON.parse(published));
	for (const body of bodies("json")) assertValid(validate, body);
	assert.ok(!validate({ ...(bodies("json")[0] as object), more: 1 }));
});

test("eve: valid against Suricata's schema", { skip: needsShared("reference/schemas/eve.schema.json") }, () => {
	const ajv = new Ajv2020(SETTINGS);
	addFormats(ajv as unknown as Ajv);
	const schema = readJson(sharedPath("reference/schemas/eve.schema.json")!);
	const validate = ajv.compile(schema);
	for (const body of bodies("eve")) assertValid(validate, body);
});

test("stix: valid against the STIX 2.1 schemas", { skip: needsShared("reference/schemas/stix") }, () => {
	const folder = sharedPath("reference/schemas/stix")!;
	const ajv = new Ajv2020(SETTINGS);
	addFormats(ajv as unknown as Ajv);
	ajv.addFormat("idn-hostname", true);
	const ids = new Map<string, string>();
	for (const file of globSync(`${folder}/*/*.json`)) {
		const schema = readJson(file);
		ajv.addSchema(schema);
		ids.set(file.slice(folder.length + 1, -5), schema.$id);
	}
	const bundle = ajv.getSchema(ids.get("common/bundle")!)!;
	for (const body of bodies("stix")) {
		assertValid(bundle, body);
		for (const object of (body as { objects: { type: string }[] }).objects) {
			const name = ["sdos", "sros", "observables"].map((kind) => `${kind}/${object.type}`).find((key) => ids.has(key));
			assert.ok(name, object.type);
			assertValid(ajv.getSchema(ids.get(name)!)!, object);
		}
	}
});

test("ecs: every field is in the field list, but our own", {
	skip: needsShared("reference/schemas/ecs.fields.csv"),
}, () => {
	const list = readFileSync(sharedPath("reference/schemas/ecs.fields.csv")!, "utf8");
	const types = new Map(list.split("\n").map((line) => [line.split(",")[3], line.split(",")[4]]));
	const seen = new Set<string>();
	const walk = (value: unknown, path: string): void => {
		if (path === "decrypto") return;
		if (typeof value === "object" && value !== null && !Array.isArray(value)) {
			for (const [key, member] of Object.entries(value)) walk(member, path === "" ? key : `${path}.${key}`);
			return;
		}
		const type = types.get(path);
		assert.ok(type, `${path} is no field of ECS`);
		seen.add(path);
		for (const element of Array.isArray(value) ? value : [value]) {
			const wanted: string = ["long", "float"].includes(type) ? "number" : type === "boolean" ? "boolean" : "string";
			assert.equal(typeof element, wanted, path);
		}
	};
	for (const body of bodies("ecs")) walk(body, "");
	for (const field of ["@timestamp", "event.kind", "threat.technique.id", "source.ip"]) assert.ok(seen.has(field));
});

test("ocsf: attributes, required ones and enumerations of class 2004", {
	skip: needsShared("reference/schemas/ocsf"),
}, () => {
	const folder = sharedPath("reference/schemas/ocsf")!;
	const finding = ["events/base_event", "events/findings/finding", "events/findings/detection_finding"].map((name) =>
		readJson(`${folder}/${name}.json`),
	);
	const merged: Record<string, Attribute> = {};
	for (const { attributes } of finding) {
		for (const [name, attribute] of Object.entries(attributes as Record<string, Attribute>)) {
			merged[name] = { ...merged[name], ...attribute };
		}
	}
	const { attributes: dictionary } = readJson(`${folder}/dictionary.json`) as { attributes: Record<string, Attribute> };
	const objectFields = (name: string): Record<string, Attribute> | undefined => {
		const file = globSync(`${folder}/objects/${name}.json`)[0];
		if (!file) return undefined;
		const { attributes, extends: base } = readJson(file);
		return { ...(base ? objectFields(base) : {}), ...attributes };
	};
	const check = (value: object, known: Record<string, Attribute>, path: string): void => {
		for (const [name, member] of Object.entries(value)) {
			assert.ok(name in known || name in dictionary, `${path}${name} is no attribute`);
			assert.ok(name in known || INCLUDED.has(name), `${path}${name} does not belong here`);
			const allowed = known[name]?.enum ?? dictionary[name]?.enum;
			// Numbers of categories and classes stand in files of their own.
			const isNumbered = ["category_uid", "class_uid", "type_uid"].includes(name);
			if (allowed && !isNumbered && typeof member === "number")
				assert.ok(String(member) in allowed, `${path}${name} ${member}`);
			const type = dictionary[name]?.type;
			const { object_type: object } = dictionary[name] ?? {};
			const elements = dictionary[name]?.is_array ? (member as unknown[]) : [member];
			for (const element of elements) {
				const fields = type === "object_t" && object !== undefined ? objectFields(object) : undefined;
				if (fields) check(element as object, fields, `${path}${name}.`);
			}
		}
		for (const [name, { requirement }] of Object.entries(known)) {
			assert.ok(requirement !== "required" || name in value, `${path}${name} is missing`);
		}
	};
	for (const body of bodies("ocsf")) {
		check(body as object, merged, "");
		const { activity_id, type_uid } = body as { activity_id: number; type_uid: number };
		assert.equal(type_uid, 200_400 + activity_id);
		const { category_uid, class_uid } = body as { category_uid: number; class_uid: number };
		const { attributes } = readJson(`${folder}/categories.json`);
		assert.equal(category_uid, attributes.findings.uid);
		assert.equal(class_uid, category_uid * 1000 + finding[2].uid);
	}
	const activities = bodies("ocsf").map((body) => (body as { activity_name: string }).activity_name);
	assert.deepEqual([...new Set(activities)], ["Create", "Update", "Close"]);
});

interface Attribute {
	readonly requirement?: string;
	readonly enum?: Readonly<Record<string, unknown>>;
	readonly type?: string;
	readonly object_type?: string;
	readonly is_array?: boolean;
}

/** Attributes that the source form of the schema takes from profiles and entities that are not in the folder. */
const INCLUDED = new Set(["name", "uid", "ip", "hostname", "confidence_id", "confidence", "confidence_score"]);

test("idea: the members that Warden requires, with the types of the published field list", () => {
	for (const body of bodies("idea") as Record<string, unknown>[]) {
		assert.equal(body.Format, "IDEA0");
		assert.match(body.ID as string, /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
		assert.ok((body.Category as string[]).includes("Suspicious.Miner"));
		for (const time of ["DetectTime", "CreateTime", "EventTime", "CeaseTime"]) {
			assert.match(body[time] as string, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
		}
		const [node] = body.Node as { Name: string; SW: string[] }[];
		assert.match(node!.Name, /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$/);
		for (const count of ["FlowCount", "PacketCount", "ByteCount", "Confidence"])
			assert.equal(typeof body[count], "number");
	}
});
