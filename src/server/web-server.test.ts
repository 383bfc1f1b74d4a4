import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { connect } from "node:net";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { makeCertificate, needsProgram, WorkFolder } from "../notify/peers.testing.ts";
import { PASSWORD, startServer } from "./client.testing.ts";
import { configureUsers } from "./security/configured-users.ts";
import { webSchema } from "./web-schema.ts";

const USERS = { alice: "operator" } as const;

test("it listens on loopback unless told otherwise", () => {
	assert.equal(webSchema.parse({}).listen, "127.0.0.1:8470");
	assert.equal(webSchema.parse(undefined).listen, "127.0.0.1:8470");
});

test("where others could come in, it starts only with users and with TLS", async (t) => {
	using folder = new WorkFolder();
	const tls = needsProgram("/usr/bin/openssl") ? undefined : makeCertificate(folder);
	for (const listen of ["0.0.0.0:0", "[::]:0"]) {
		await assert.rejects(startServer(t, { config: { listen } }), /can be reached by others: add a user to web: users/);
		await assert.rejects(startServer(t, { config: { listen }, users: USERS }), /set tls, or behind_proxy/);
		if (tls) await assert.rejects(startServer(t, { config: { listen, tls } }), /add a user to web: users/);
	}
	await assert.rejects(
		startServer(t, { config: { behind_proxy: { trusted: ["127.0.0.1"] } } }),
		/add a user to web: users/,
	);
});

test("an address in use and a certificate that is missing are told in one line", async (t) => {
	const { server } = await startServer(t);
	const listen = new URL(server.url).host;
	await assert.rejects(startServer(t, { config: { listen } }), { message: `web: ${listen}: the address is in use` });
	const tls = { cert: "/nonexistent.pem", key: "/nonexistent.pem" };
	await assert.rejects(startServer(t, { config: { tls } }), { message: "web: tls: /nonexistent.pem: no such file" });
});

test("TLS: answers on https with a secure cookie", { skip: needsProgram("/usr/bin/openssl") }, async (t) => {
	using folder = new WorkFolder();
	const server = await startServer(t, { config: { tls: makeCertificate(folder) }, users: USERS });
	assert.match(server.server.url, /^https:/);
	const { cookies, status } = await new Promise<{ cookies: string[] | undefined; status: number }>(
		(resolve, reject) => {
			const url = new URL("api/v1/session", server.server.url);
			const body = JSON.stringify({ user: "alice", password: PASSWORD });
			const headers = { "content-type": "application/json", "content-length": body.length };
			const asked = request(url, { method: "POST", rejectUnauthorized: false, headers }, (answer) => {
				answer.resume();
				resolve({ cookies: answer.headers["set-cookie"], status: answer.statusCode! });
			});
			asked.on("error", reject).end(body);
		},
	);
	assert.equal(status, 200);
	assert.match(cookies![0]!, /^__Host-decrypto=.*Secure/);
});

test("health and readiness are told to everybody, reasons and metrics to those who may know", async (t) => {
	const server = await startServer(t, { config: { metrics: true }, users: USERS });
	const get = async (path: string, token = "") => {
		const headers = token === "" ? {} : { authorization: `Bearer ${token}` };
		const response = await fetch(new URL(path, server.server.url), { headers });
		return [response.status, await response.text()];
	};
	assert.deepEqual(await get("healthz"), [200, '{"status":"ok"}']);
	assert.deepEqual(await get("readyz"), [200, '{"status":"ready"}']);
	server.daemon.reasons = ["input live:eth0 is not open"];
	assert.deepEqual(await get("readyz"), [503, '{"status":"not ready"}']);
	const session = await server.login("alice");
	const { token } = (await server.call("POST", "/tokens", { session, body: { name: "prometheus" } })).body;
	assert.deepEqual(await get("readyz", token), [
		503,
		'{"status":"not ready","reasons":["input live:eth0 is not open"]}',
	]);
	assert.equal((await get("metrics"))[0], 401);
	assert.deepEqual(await get("metrics", token), [200, "decrypto_up 1\n"]);
	const without = await startServer(t);
	assert.equal((await fetch(new URL("metrics", without.server.url))).status, 404);
});

test("the built UI is served: its files by name, the page for every other path, compressed, cached by content", async (t) => {
	using folder = new WorkFolder();
	mkdirSync(folder.join("assets"));
	writeFileSync(folder.join("index.html"), "<!doctype html><title>UI</title>");
	writeFileSync(folder.join("assets", "main-Ab12Cd34.js"), "export const text = 'miner';\n".repeat(100));
	writeFileSync(folder.join("assets", "notes.secret"), "not of the UI");
	symlinkSync("/etc/passwd", folder.join("passwd.txt"));
	const server = await startServer(t, { webFolder: folder.path });
	const get = (path: string, headers = {}) => fetch(new URL(path, server.server.url), { headers });
	for (const path of ["/", "/incidents", "/incidents/abc?state=open"]) {
		const page = await get(path);
		assert.deepEqual([page.status, await page.text()], [200, "<!doctype html><title>UI</title>"]);
		assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
		assert.equal(page.headers.get("cache-control"), "no-cache");
	}
	const script = await get("/assets/main-Ab12Cd34.js");
	assert.deepEqual(
		["content-type", "cache-control", "content-encoding"].map((name) => script.headers.get(name)),
		["text/javascript; charset=utf-8", "public, max-age=31536000, immutable", "gzip"],
	);
	assert.match(await script.text(), /^export/);
	const etag = script.headers.get("etag")!;
	assert.equal((await get("/assets/main-Ab12Cd34.js", { "if-none-match": etag })).status, 304);
	for (const path of ["/assets/other.js", "/assets/notes.secret", "/passwd.txt"]) {
		assert.equal((await get(path)).status, 404, path);
	}
	assert.equal((await fetch(new URL("/", server.server.url), { method: "POST" })).status, 404);
});

test("no path leads out of the UI's folder", async (t) => {
	using folder = new WorkFolder();
	writeFileSync(folder.join("index.html"), "the page");
	const server = await startServer(t, { webFolder: folder.path });
	for (const path of [
		"/../../../../../../etc/passwd",
		"/..%2f..%2f..%2f..%2fetc%2fpasswd",
		"/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
		"/assets/..\\..\\..\\etc\\passwd",
		"//etc/passwd",
		"/etc/passwd%00.js",
		"/%c0%ae%c0%ae/etc/passwd",
		"/%",
		"/api/v1/../../etc/passwd",
		"/package.json",
	]) {
		const answer = await rawGet(server.server.url, path);
		assert.doesNotMatch(answer, /root:/, path);
		assert.match(answer, /^HTTP\/1\.1 (200|400|404) /, path);
		if (answer.startsWith("HTTP/1.1 200")) assert.match(answer, /the page$/, path);
	}
});

test("a UI that is not built is told in a plain sentence", async (t) => {
	const server = await startServer(t);
	const response = await fetch(server.server.url);
	assert.equal(response.status, 503);
	assert.match(await response.text(), /^The web UI is not built: run `npm run build`\. The API is at \/api\/v1\/\.$/m);
	assert.equal(response.headers.get("content-type"), "text/plain; charset=utf-8");
});

test("what is stored compressed is what was built", async (t) => {
	using folder = new WorkFolder();
	const text = "body { color: black }\n".repeat(50);
	writeFileSync(folder.join("style.css"), text);
	const server = await startServer(t, { webFolder: folder.path });
	const answer = await rawGet(server.server.url, "/style.css", "accept-encoding: gzip\r\n");
	const body = Buffer.from(answer.slice(answer.indexOf("\r\n\r\n") + 4), "latin1");
	assert.equal(gunzipSync(body).toString(), text);
});

test("an unknown call of the API is a problem, whatever the method", async (t) => {
	const server = await startServer(t);
	for (const [method, path] of [
		["GET", "/api/v1/nothing"],
		["POST", "/api/v1/now"],
		["GET", "/api/v2/now"],
		["GET", "/api"],
	] as const) {
		const response = await fetch(new URL(path, server.server.url), { method });
		assert.equal(response.status, 404, path);
		assert.equal(((await response.json()) as { error: { code: string } }).error.code, "not-found");
	}
});

/** The whole answer as Latin-1 text; the path is sent as it is. */
function rawGet(url: string, path: string, headers = ""): Promise<string> {
	const { hostname, port, host } = new URL(url);
	return new Promise((resolve, reject) => {
		const socket = connect(Number(port), hostname);
		let answer = "";
		socket.setEncoding("latin1");
		socket.on("data", (text) => {
			answer += text;
		});
		socket.on("end", () => resolve(answer));
		socket.on("error", reject);
		socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${headers}\r\n`);
	});
}

test("users of the configuration may log in; one that it no longer has may not", async (t) => {
	const alice = { name: "alice", role: "operator", password: { env: "ALICE" } };
	const server = await startServer(t, { config: { users: [alice] } });
	const session = await server.login("alice");
	assert.equal((await server.call("GET", "/session", { session })).body.role, "operator");
	const { store, accounts } = { store: server.daemon.store, accounts: server.server.accounts };
	await accounts.put("made-otherwise", "viewer", PASSWORD);
	const users = webSchema.parse({ users: [{ ...alice, role: "operator" }] }).users;
	await configureUsers(store, accounts, users, { ALICE: PASSWORD });
	assert.equal((await server.call("GET", "/now", { session })).status, 200);
	await configureUsers(store, accounts, users, { ALICE: "a new password" });
	assert.equal((await server.call("GET", "/now", { session })).status, 401);
	await server.login("alice", "a new password");
	await configureUsers(store, accounts, [], {});
	const names = (await store.ask("books", "users")).map(({ name }) => name);
	assert.deepEqual(names, ["made-otherwise"]);
	assert.equal(server.warnings.length, 0);
	await assert.rejects(
		startServer(t, { config: { users: [{ ...alice, password: { env: "SHORT" } }] } }),
		/^UsageError: web: users: alice: a password has at least 10 characters/,
	);
	await assert.rejects(
		startServer(t, { config: { users: [{ ...alice, password: { env: "NONE" } }] } }),
		/^UsageError: web: users: alice: the environment variable NONE is not set/,
	);
	assert.throws(() => webSchema.parse({ users: [alice, alice] }), /there twice/);
	assert.throws(() => webSchema.parse({ users: [{ ...alice, password: "in the file" }] }));
});
