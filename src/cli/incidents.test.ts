import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { runProgram, samples } from "./run-program.testing.ts";

const folder = mkdtempSync(join(tmpdir(), "decrypto-incidents-"));
after(() => rmSync(folder, { recursive: true }));
const store = join(folder, "incidents.db");

function file(name: string, text: string): string {
	const path = join(folder, name);
	writeFileSync(path, text);
	return path;
}

interface Listed {
	readonly id: string;
	readonly host: { readonly address: string; readonly network?: string };
	readonly confidence: string;
	readonly pools: readonly { readonly coin?: string; readonly outcome: string }[];
	readonly allowedBy: readonly string[];
}

function lines<T>(text: string): T[] {
	return text
		.split("\n")
		.filter((line) => line !== "")
		.map((line) => JSON.parse(line) as T);
}

async function list(...filters: string[]): Promise<Listed[]> {
	const { stdout, status } = await runProgram("incidents", "list", "--store", store, ...filters);
	assert.equal(status, 0);
	return lines<Listed>(stdout);
}

describe("incidents survive a run", () => {
	let table: string;
	before(async () => {
		const { stdout, stderr, status } = await runProgram("detect", samples, "--store", store, "--format", "table");
		assert.deepEqual([stderr, status], ["", 0]);
		table = stdout;
	});

	test("the table has one row for each mining host", () => {
		const hosts = table.split("\n\n")[0]!.split("\n").slice(1);
		assert.equal(hosts.length, 13);
		assert.equal(new Set(hosts.map((line) => line.split(" ")[0])).size, 13);
		assert.match(table, /\n13 hosts mine: 9 confirmed, 4 probable\.\n/);
	});

	test("the same captures again change nothing, and the table shows what is known", async () => {
		const again = await runProgram("detect", samples, "--store", store, "--format", "table");
		assert.equal(again.stdout.split("\n\n")[0], table.split("\n\n")[0]);
		const events = await runProgram("detect", samples, "--store", store, "--incidents");
		assert.deepEqual([events.stdout, events.status], ["", 0]);
	});

	test("captures read in two runs give the incidents of one run", async () => {
		const parts = join(folder, "parts.db");
		const half = (name: string) => runProgram("detect", join(samples, name), "--store", parts, "--output", "b:");
		for (const name of ["monero-xmrig.pcap.gz", "bitcoin-stratum.pcap"]) assert.equal((await half(name)).status, 0);
		const { stdout } = await runProgram("incidents", "list", "--store", parts);
		const whole = new Set((await list()).map(({ id }) => id));
		const ids = lines<Listed>(stdout).map(({ id }) => id);
		assert.ok(ids.length >= 5 && ids.every((id) => whole.has(id)));
	});

	test("filters of the list: each condition holds, several values are alternatives", async () => {
		const all = await list();
		assert.equal(all.length, 13);
		const confirmed = await list("--confidence", "confirmed");
		assert.ok(confirmed.length === 9 && confirmed.every(({ confidence }) => confidence === "confirmed"));
		assert.equal((await list("--confidence", "confirmed", "--confidence", "probable")).length, 13);
		const monero = await list("--coin", "Monero", "--signal", "payload");
		assert.ok(monero.length === 3 && monero.every(({ pools }) => pools.some(({ coin }) => coin === "Monero")));
		assert.deepEqual(
			(await list("--host", "10.1.2.4")).map(({ host }) => host.address),
			["10.1.2.4"],
		);
		assert.equal((await list("--pool", "rvn.mining.example")).length, 1);
		assert.equal((await list("--state", "closed")).length, 0);
		assert.equal((await list("--allowlisted", "yes")).length, 0);
		assert.equal((await list("--since", "2025-03-04")).length, 0);
		assert.equal((await list("--until", "2025-03-03T08:00:00Z")).length, 0);
		assert.equal((await list("--text", "bmminer")).length, 1);
		assert.equal((await list("--limit", "2", "--sort", "host", "--ascending"))[0]!.host.address, "10.1.2.3");
	});

	test("show tells evidence, pools and events of a host or an incident", async () => {
		const [{ id }] = (await list("--host", "10.1.2.4")) as [Listed];
		for (const name of [id, "10.1.2.4"]) {
			const { stdout, status } = await runProgram("incidents", "show", name, "--store", store);
			assert.equal(status, 0);
			assert.match(stdout, /^10\.1\.2\.4 has been mining/);
			assert.match(stdout, /rvn\.mining\.example contains rvn, mining/);
			assert.match(stdout, /\n {2}2025-03-03 09:05:11 {2}opened /);
		}
		const { stdout } = await runProgram("incidents", "show", id, "--store", store, "--format", "json");
		assert.equal(JSON.parse(stdout).events[0].kind, "opened");
		const missing = await runProgram("incidents", "show", "10.255.0.1", "--store", store);
		assert.deepEqual([missing.status, missing.stderr], [1, "decrypto: 10.255.0.1: no incident and no host of one\n"]);
	});

	test("export writes every incident in CSV and in formats of notifications, to a file when complete", async () => {
		const csv = await runProgram("incidents", "export", "--store", store, "--format", "csv");
		assert.equal(csv.stdout.split("\r\n").length, 1 + 13 + 1);
		const path = join(folder, "out.json");
		assert.equal(
			(await runProgram("incidents", "export", "--store", store, "--format", "stix", "--output", path)).status,
			0,
		);
		assert.equal(JSON.parse(readFileSync(path, "utf8")).type, "bundle");
		const eve = await runProgram("incidents", "export", "--store", store, "--format", "eve", "--host", "10.1.2.4");
		assert.equal(lines<{ event_type: string }>(eve.stdout)[0]!.event_type, "alert");
		const damaged = await runProgram("incidents", "export", "--store", store, "--output", store);
		assert.deepEqual([damaged.status, (await list()).length], [2, 13]);
	});

	test("a store that is not there is told, not made", async () => {
		const { status, stderr } = await runProgram("incidents", "list", "--store", join(folder, "none.db"));
		assert.equal(status, 2);
		assert.match(stderr, /^decrypto: .*none\.db: there is no such store; .*\n$/);
	});

	test("allowlist test shows what each entry would have covered", async () => {
		const path = file("course.yaml", "- reason: course\n  owner: me\n  coins: [Monero]\n");
		const { stdout, status } = await runProgram("allowlist", "test", path, "--store", store);
		assert.equal(status, 0);
		assert.match(stdout, /^course \(me\): 3 incidents\n/);
		assert.match(stdout, /\n3 of 13 incidents would have been covered\.\n$/);
	});
});

describe("allowlists", () => {
	const entry = "- reason: course\n  owner: me\n  hosts: [10.20.0.0/16]\n";

	test("check names file, line, column and what was expected, of every file", async () => {
		const sound = file("sound.yaml", entry);
		const bad = file("bad.yaml", "- reason: course\n  owner: me\n  hosts: [10.20.0.0/40]\n");
		const { stdout, stderr, status } = await runProgram("allowlist", "check", bad, sound);
		assert.equal(status, 2);
		assert.match(stderr, /bad\.yaml:3:11: .*expected a network such as/);
		assert.match(stdout, /sound\.yaml: 1 entry, sound\n/);
	});

	test("an entry without conditions is refused unless everything is written", async () => {
		const all = "- reason: all\n  owner: me\n";
		assert.match((await runProgram("allowlist", "check", file("all.yaml", all))).stderr, /everything: true/);
		assert.equal((await runProgram("allowlist", "check", file("all2.yaml", `${all}  everything: true\n`))).status, 0);
	});

	test("allowed hosts are shown as allowed, and receivers do not hear of them", async () => {
		const told = join(folder, "told.ndjson");
		const notify = file("notify.yaml", `receivers:\n  - name: file\n    file: ${told}\n`);
		const args = ["detect", samples, "--allowlist", file("allow.yaml", entry), "--notify", notify, "--format", "table"];
		const { stdout, status } = await runProgram(...args, "--networks", "lab=10.20.0.0/16,ten=10.0.0.0/8");
		assert.equal(status, 0);
		assert.equal(stdout.match(/10\.20\.0\.\d+ \(lab\) +confirmed, allowed/g)?.length, 3);
		const hosts = lines<{ incident: Listed }>(readFileSync(told, "utf8")).map(({ incident }) => incident.host.address);
		assert.ok(hosts.length > 5 && hosts.every((host) => !host.startsWith("10.20.")));
	});

	test("an allowlist that nothing reads is a usage error", async () => {
		const { status, stderr } = await runProgram("detect", samples, "--allowlist", file("unread.yaml", entry));
		assert.equal(status, 2);
		assert.match(stderr, /--allowlist needs incidents/);
	});
});

describe("receivers", () => {
	const capture = join(samples, "pool-name-tls.pcapng");

	test("what a receiver did not take waits in the store for the next run, once", async () => {
		let refuses = true;
		const bodies: string[] = [];
		const server = createServer((request, response) => {
			let body = "";
			request.on("data", (chunk) => {
				body += chunk;
			});
			request.on("end", () => {
				if (!refuses) bodies.push(JSON.parse(body).id);
				response.writeHead(refuses ? 503 : 200).end();
			});
		});
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		try {
			const { port } = server.address() as AddressInfo;
			const notify = file("http.yaml", `- name: web\n  http: http://127.0.0.1:${port}/\n`);
			const kept = join(folder, "kept.db");
			const args = ["detect", capture, "--store", kept, "--notify", notify, "--output", "b:"];
			const first = await runProgram(...args);
			assert.equal(first.status, 0);
			assert.match(first.stderr, /receiver web: 4 notifications wait in the store for the next run: /);
			refuses = false;
			// The receiver is tried again after its backoff.
			await new Promise((resolve) => setTimeout(resolve, 2500));
			assert.deepEqual((await runProgram(...args)).stderr, "");
			assert.deepEqual((await runProgram(...args)).stderr, "");
			assert.deepEqual([bodies.length, new Set(bodies).size], [4, 4]);
		} finally {
			server.close();
		}
	});

	test("without a store a notification that is lost is a failure", async () => {
		const notify = file("dead.yaml", "- name: web\n  http: http://127.0.0.1:1/\n");
		const { status, stderr } = await runProgram("detect", capture, "--notify", notify, "--output", "b:");
		assert.equal(status, 1);
		assert.match(stderr, /receiver web: 4 notifications were not delivered: /);
	});

	test("a file of receivers is checked: file, line and column", async () => {
		const notify = file("wrong.yaml", "receivers:\n  - name: web\n    htp: http://127.0.0.1/\n");
		const { status, stderr, stdout } = await runProgram("detect", capture, "--notify", notify);
		assert.deepEqual([status, stdout], [2, ""]);
		assert.match(stderr, /wrong\.yaml:3:5: /);
	});
});

describe("--incidents", () => {
	test("writes an event a line into a pipe and a table to a .txt file", async () => {
		const { stdout } = await runProgram("detect", join(samples, "pool-name-tls.pcapng"), "--incidents");
		const events = lines<{ event: string; id: string; incident: Listed }>(stdout);
		assert.deepEqual(new Set(events.map(({ event }) => event)), new Set(["opened", "changed"]));
		const path = join(folder, "table.txt");
		await runProgram("detect", join(samples, "pool-name-tls.pcapng"), "--incidents", "--output", path);
		assert.match(readFileSync(path, "utf8"), /^host +confidence/);
	});

	test("--internal tells who is the subject: the end that is ours", async () => {
		const args = ["detect", join(samples, "pool-name-tls.pcapng"), "--incidents"];
		const { stdout } = await runProgram(...args, "--internal", "198.51.100.4");
		const pool = lines<{ incident: Listed & { role: string } }>(stdout).find(
			({ incident }) => incident.host.address === "198.51.100.4",
		);
		assert.equal(pool?.incident.role, "pool");
	});

	test("no other form of incidents is promised", async () => {
		for (const args of [
			["--format", "csv"],
			["--output", join(folder, "x.csv")],
		])
			assert.equal((await runProgram("detect", samples, "--incidents", ...args)).status, 2);
	});
});
