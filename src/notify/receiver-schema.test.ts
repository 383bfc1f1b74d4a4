import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { inspect } from "node:util";
import { z } from "zod";
import { LocatedYamlError, readLocatedYaml } from "../bytes/located-yaml.ts";
import { FORMAT_NAMES } from "./formats/formats.ts";
import { planReceivers } from "./plan-receivers.ts";
import { receiversSchema } from "./receiver-schema.ts";
import { readSecret, Secret } from "./secret.ts";
import { sampleSender } from "./testing.ts";

const fileSchema = z.strictObject({ receivers: receiversSchema });

function read(text: string) {
	return readLocatedYaml("receivers.yaml", text, fileSchema).value.receivers;
}

const EXAMPLE = `
receivers:
  - { name: soc, syslog: "tls://siem.example:6514", format: cef, when: { confidence: probable } }
  - { name: helpdesk, mail: { to: abuse@campus.example, server: "smtp://mail.example", every: 15m } }
  - { name: pager, http: "https://alerts.example/api/v2/alerts", format: alertmanager, when: { confidence: confirmed } }
  - { name: archive, file: /var/log/decrypto/incidents.ndjson, rotate: { size: 100MiB, keep: 10 } }
  - { name: bus, nats: "nats://bus-1,bus-2:4222/incidents.decrypto", format: ecs }
  - { name: nemea, trap: "u:alerts" }
  - { name: warden, spool: /var/spool/warden, when: { networks: [10.0.0.0/8, HPC cluster], allowlisted: also } }
  - { name: screen, stdout: true }
`;

test("reads the receivers of the design", () => {
	const configs = read(EXAMPLE);
	const surroundings = { sender: sampleSender, stdout: new PassThrough(), environment: {} };
	const plans = planReceivers(configs, surroundings);
	assert.deepEqual(
		plans.map(({ name, format, policy }) => [name, format?.name, policy.every]),
		[
			["soc", "cef", 0],
			["helpdesk", "text", 900_000],
			["pager", "alertmanager", 0],
			["archive", "json", 0],
			["bus", "ecs", 0],
			["nemea", undefined, 0],
			["warden", "idea", 0],
			["screen", "text", 0],
		],
	);
	assert.equal(plans[0]!.selection.confidence, "probable");
	assert.ok(plans[6]!.selection.networks!.list.containsText("10.1.2.3"));
	assert.deepEqual(plans[6]!.selection.networks!.names, ["HPC cluster"]);
});

const FAULTS: readonly [text: string, message: RegExp][] = [
	[
		"receivers:\n  - { name: a, file: x, fromat: json }",
		/receivers\.yaml:2:\d+: unknown key "fromat"; did you mean "format"/,
	],
	["receivers:\n  - { name: a, file: x, format: jsn }", /receivers\.yaml:2:\d+: .*did you mean "json"/],
	["receivers:\n  - { name: a, syslog: 'ftp://x' }", /expected udp:\/\/… or tcp:\/\/… or tls:\/\/…/],
	["receivers:\n  - { name: a, http: 'https://user:pass@x/' }", /must not contain a user name/],
	[
		"receivers:\n  - { name: a, mail: { to: x@y.example, server: 'smtp://h', every: 15 minutes } }",
		/expected a duration/,
	],
	["receivers:\n  - { name: a, file: x, when: { networks: [10.0.0.0/33] } }", /is no network/],
	["receivers:\n  - { name: a, trap: 't:99999999' }", /receivers\.yaml:2/],
	[
		"receivers:\n  - { name: a, stdout: true }\n  - { name: a, stdout: true }",
		/receivers\.yaml:3:\d+: .*"a" is there twice/,
	],
];

for (const [text, message] of FAULTS) {
	test(`tells file, line and fault: ${text.split("\n").at(-1)!.trim()}`, () => {
		assert.throws(
			() => read(text),
			(error: unknown) => error instanceof LocatedYamlError && message.test(error.message),
		);
	});
}

test("a secret comes from a file or the environment and is never shown", () => {
	const file = join(mkdtempSync(join(tmpdir(), "decrypto-secret-")), "token");
	writeFileSync(file, "hunter2\n");
	const secret = readSecret({ file }, {});
	assert.equal(secret.reveal(), "hunter2");
	assert.equal(readSecret({ env: "TOKEN" }, { TOKEN: "hunter2" }).reveal(), "hunter2");
	const shown = `${secret} ${JSON.stringify({ secret })} ${inspect({ secret }, { showHidden: true, depth: 9 })}`;
	assert.ok(!shown.includes("hunter2"), shown);
	assert.ok(!inspect(new Secret("hunter2"), { customInspect: false, showHidden: true }).includes("hunter2"));
});

test("a missing secret names receiver and source", () => {
	const surroundings = { sender: sampleSender, stdout: new PassThrough(), environment: {} };
	const configs = read("receivers:\n  - { name: pager, http: 'https://x.example/', hmac: { env: KEY } }");
	assert.throws(() => planReceivers(configs, surroundings), /receiver pager: the environment variable KEY is not set/);
});

test("a webhook URL may come from a secret; a wrong one is refused without showing it", () => {
	const configs = read("receivers:\n  - { name: chat, http: { env: HOOK }, format: slack }");
	const surroundings = (HOOK: string) => ({ sender: sampleSender, stdout: new PassThrough(), environment: { HOOK } });
	assert.equal(planReceivers(configs, surroundings("https://hooks.example/T0/secret")).length, 1);
	assert.throws(
		() => planReceivers(configs, surroundings("hooks.example/T0/secret")),
		(error: Error) => /receiver chat: the secret of http: is no/.test(error.message) && !error.message.includes("T0"),
	);
});

test("every configuration in docs/notifications.md is valid, and every format stands there", () => {
	const page = readFileSync(new URL("../../docs/notifications.md", import.meta.url), "utf8");
	const snippets = [...page.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1]!);
	assert.equal(snippets.length, 9);
	for (const snippet of snippets) assert.ok(read(snippet).length > 0);
	for (const name of FORMAT_NAMES) assert.match(page, new RegExp(`^\\| \`${name}\` +\\| `, "m"));
});
