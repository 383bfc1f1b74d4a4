import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { type Answered, PASSWORD, startServer, type TestServer, threeHosts } from "./client.testing.ts";

const USERS = { alice: "operator", victor: "viewer" } as const;

/** Every operation of the API with a path that exists and a body that is valid as far as roles are concerned. */
function everyCall(server: TestServer): { method: string; path: string; operation: string }[] {
	return Object.entries(server.checker.document.paths).flatMap(([template, methods]) =>
		Object.entries(methods).map(([method, { operationId }]) => ({
			method: method.toUpperCase(),
			path: template.replace(/\{\w+\}/, "unknown") + (operationId === "exportIncidents" ? "?format=csv" : ""),
			operation: operationId,
		})),
	);
}

const PUBLIC = new Set(["readSession", "login"]);

test("every call but those of the login is refused without a login, with a wrong token and with a wrong session", async (t) => {
	const server = await startServer(t, { users: USERS });
	for (const { method, path, operation } of everyCall(server)) {
		if (PUBLIC.has(operation)) continue;
		for (const options of [
			{},
			{ token: "dct_wrong" },
			{ headers: { authorization: "Basic YWxpY2U6cGFzc3dvcmQ=" } },
			{ session: { cookie: "decrypto=wrong", csrfToken: "wrong" } },
		]) {
			const { status, body, headers } = await server.call(method, path, options);
			assert.equal(status, 401, `${method} ${path}`);
			assert.match(body.error.code, /^(login-required|token)$/);
			assert.match(headers.get("www-authenticate")!, /^Bearer/);
		}
	}
	const session = (await server.call("GET", "/session")).body;
	assert.deepEqual([session.role, session.csrfToken, session.version, session.loginRequired], [null, null, null, true]);
});

test("a viewer may read everything and change nothing but the own session and tokens", async (t) => {
	const server = await startServer(t, { users: USERS });
	await server.daemon.see(threeHosts());
	const session = await server.login("victor");
	const own = new Set(["createToken", "removeToken", "logout", "login"]);
	for (const { method, path, operation } of everyCall(server)) {
		if (own.has(operation) || operation === "readChanges") continue;
		const { status, body } = await server.call(method, path, { session });
		if (method === "GET")
			assert.ok(status === 200 || (status === 404 && path.includes("unknown")), `${path}: ${status}`);
		else assert.deepEqual([status, body.error.code], [403, "role"], `${method} ${path}`);
	}
	const { token } = (await server.call("POST", "/tokens", { session, body: { name: "mine" } })).body;
	const close = { incidents: ["x"], action: { action: "close", reason: "r" } };
	assert.equal((await server.call("POST", "/incidents/actions", { token, body: close })).status, 403);
	assert.equal((await server.call("GET", "/now", { token })).status, 200);
	// A leaked token must not make others.
	assert.equal((await server.call("POST", "/tokens", { token, body: { name: "more" } })).status, 403);
	assert.equal((await server.call("DELETE", "/tokens/mine", { token })).status, 403);
});

test("a change by a browser needs the session's CSRF token and must come from the same origin", async (t) => {
	const server = await startServer(t, { users: USERS });
	const session = await server.login("alice");
	const other = await server.login("alice");
	const body = { reason: "r", owner: "o", hosts: ["10.0.0.0/8"] };
	const add = async (headers: Record<string, string>) => {
		const { status, body: answer } = await server.call("POST", "/allowlist", {
			body,
			headers: { cookie: session.cookie, ...headers },
		});
		return status === 200 ? 200 : `${status} ${answer.error.code}`;
	};
	const token = { "x-csrf-token": session.csrfToken };
	assert.equal(await add({}), "403 csrf-token");
	assert.equal(await add({ "x-csrf-token": "wrong" }), "403 csrf-token");
	assert.equal(await add({ "x-csrf-token": other.csrfToken }), "403 csrf-token");
	assert.equal(await add({ ...token, origin: "https://evil.example" }), "403 foreign-origin");
	assert.equal(await add({ ...token, origin: "null" }), "403 foreign-origin");
	assert.equal(await add({ ...token, "sec-fetch-site": "cross-site" }), "403 foreign-origin");
	assert.equal(await add({ ...token, "sec-fetch-site": "same-site" }), "403 foreign-origin");
	assert.deepEqual((await server.call("GET", "/allowlist", { session })).body.entries, []);
	assert.equal(await add({ ...token, origin: new URL(server.server.url).origin }), 200);
	assert.equal(await add({ ...token, "sec-fetch-site": "same-origin" }), 200);
	const login = { body: { user: "alice", password: PASSWORD }, headers: { origin: "https://evil.example" } };
	assert.equal((await server.call("POST", "/session", login)).status, 403);
});

test("without users, programs on this machine may change things and web sites may not", async (t) => {
	const server = await startServer(t);
	const add = async (headers: Record<string, string>) =>
		(await server.call("POST", "/allowlist", { body: { reason: "r", owner: "o", hosts: ["10.0.0.1"] }, headers }))
			.status;
	assert.equal(await add({}), 200);
	assert.equal(await add({ origin: "https://evil.example" }), 403);
	assert.equal(await add({ "sec-fetch-site": "cross-site" }), 403);
	assert.equal(await add({ "sec-fetch-site": "same-origin" }), 403);
	const { csrfToken } = (await server.call("GET", "/session")).body;
	assert.equal(await add({ "sec-fetch-site": "same-origin", "x-csrf-token": csrfToken }), 200);
});

test("without users, the server answers to names of this machine only (DNS rebinding)", async (t) => {
	const server = await startServer(t, { config: { hosts: ["sensor.example"] } });
	const { port } = new URL(server.server.url);
	for (const [host, expected] of [
		[`127.0.0.1:${port}`, 200],
		[`localhost:${port}`, 200],
		[`[::1]:${port}`, 200],
		["sensor.example", 200],
		[`evil.example:${port}`, 403],
		["127.0.0.1.evil.example", 403],
		["10.0.0.1", 403],
		["", 403],
	] as const) {
		assert.equal((await raw(server, "GET", "/api/v1/session", { host })).status, expected, host);
	}
});

test("without users, the configured role holds", async (t) => {
	const server = await startServer(t, { config: { role_without_users: "viewer" } });
	assert.equal((await server.call("GET", "/now")).status, 200);
	const entry = { reason: "r", owner: "o", hosts: ["10.0.0.1"] };
	assert.equal((await server.call("POST", "/allowlist", { body: entry })).status, 403);
});

test("as soon as there is a user, local access needs a login", async (t) => {
	const server = await startServer(t);
	assert.equal((await server.call("GET", "/now")).status, 200);
	await server.server.accounts.put("alice", "operator", PASSWORD);
	assert.equal((await server.call("GET", "/now")).status, 401);
});

test("every response forbids frames, inline scripts and sniffing; answers of the API are not cached", async (t) => {
	const server = await startServer(t);
	for (const path of ["/", "/healthz", "/nothing.js", "/api/v1/now", "/api/v1/nothing", "/api/v1/incidents?limit=0"]) {
		const { headers } = await fetch(new URL(path, server.server.url));
		const policy = headers.get("content-security-policy")!;
		assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self';/, path);
		assert.match(policy, /frame-ancestors 'none'/);
		assert.doesNotMatch(policy, /unsafe/);
		assert.equal(headers.get("x-frame-options"), "DENY");
		assert.equal(headers.get("x-content-type-options"), "nosniff");
		assert.equal(headers.get("referrer-policy"), "no-referrer");
		assert.equal(headers.get("cache-control"), "no-store");
		assert.equal(headers.get("access-control-allow-origin"), null);
	}
});

test("the session's cookie is HttpOnly and SameSite=Strict; behind TLS also Secure with the __Host- prefix", async (t) => {
	const plain = await startServer(t, { users: USERS });
	const login = { body: { user: "alice", password: PASSWORD } };
	const [cookie] = (await plain.call("POST", "/session", login)).headers.getSetCookie();
	assert.match(cookie!, /^decrypto=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
	const behind = await startProxied(t);
	const response = await behind.login({ "x-forwarded-for": "192.0.2.1" });
	const [secure] = response.headers.getSetCookie();
	assert.match(secure!, /^__Host-decrypto=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
	assert.match(response.headers.get("strict-transport-security")!, /max-age/);
});

test("a login makes a new session, ends the one it replaces and never takes over one from the client", async (t) => {
	const server = await startServer(t, { users: USERS });
	const planted = "A".repeat(43);
	const login = (cookie: string) =>
		server.call("POST", "/session", { body: { user: "alice", password: PASSWORD }, headers: { cookie } });
	const first = (await login(`decrypto=${planted}`)).headers.getSetCookie()[0]!.split(";")[0]!;
	assert.notEqual(first, `decrypto=${planted}`);
	assert.equal((await server.call("GET", "/now", { headers: { cookie: `decrypto=${planted}` } })).status, 401);
	const second = (await login(first)).headers.getSetCookie()[0]!.split(";")[0]!;
	assert.notEqual(second, first);
	assert.equal((await server.call("GET", "/now", { headers: { cookie: first } })).status, 401);
	assert.equal((await server.call("GET", "/now", { headers: { cookie: second } })).status, 200);
});

test("sessions end: after their time, at logout, with the password, with the user", async (t) => {
	const server = await startServer(t, { users: USERS, config: { session_hours: 1 } });
	const reads = async (session: Awaited<ReturnType<TestServer["login"]>>) =>
		(await server.call("GET", "/now", { session })).status;
	const old = await server.login("alice");
	server.daemon.clock += 3_599_000;
	assert.equal(await reads(old), 200);
	server.daemon.clock += 1000;
	assert.equal(await reads(old), 401);
	const left = await server.login("alice");
	await server.call("DELETE", "/session", { session: left });
	assert.equal(await reads(left), 401);
	const changed = await server.login("alice");
	await server.server.accounts.put("alice", "operator", "another password");
	assert.equal(await reads(changed), 401);
	const removed = await server.login("victor");
	await server.server.accounts.remove("victor");
	assert.equal(await reads(removed), 401);
	// A token of a program is no session of a browser, nor the other way round.
	const session = await server.login("alice", "another password");
	const { token } = (await server.call("POST", "/tokens", { session, body: { name: "script" } })).body;
	assert.equal((await server.call("GET", "/now", { headers: { cookie: `decrypto=${token}` } })).status, 401);
	assert.equal((await server.call("GET", "/now", { token: session.cookie.split("=")[1]! })).status, 401);
});

test("wrong logins are refused alike, counted, limited by client, and in the audit trail", async (t) => {
	const server = await startServer(t, { users: USERS });
	const session = await server.login("alice");
	const login = (user: string, password: string) => server.call("POST", "/session", { body: { user, password } });
	const wrong = await login("alice", "wrong");
	const unknown = await login("nobody", "wrong");
	assert.deepEqual([wrong.status, wrong.text], [unknown.status, unknown.text]);
	const statuses = [];
	for (let i = 0; i < 10; i++) statuses.push((await login("alice", `wrong ${i}`)).status);
	assert.deepEqual(statuses.slice(-3), [401, 429, 429]);
	const limited = await login("alice", PASSWORD);
	assert.deepEqual([limited.status, limited.headers.get("retry-after")], [429, "300"]);
	server.daemon.clock += 300_000;
	assert.equal((await login("alice", PASSWORD)).status, 200);
	const { records } = (await server.call("GET", "/audit", { session })).body;
	assert.deepEqual([records[0].actor, records[0].action], ["alice from 127.0.0.1", "login"]);
	assert.deepEqual([records.at(-3).actor, records.at(-3).action], ["nobody from 127.0.0.1", "login refused"]);
});

test("bodies that are too long, of unknown length, malformed or not JSON are refused", async (t) => {
	const server = await startServer(t);
	const post = (body: string, type = "application/json") =>
		server.call("POST", "/incidents/actions", { body, headers: { "content-type": type } });
	const codes = async (answer: Promise<Answered>) => {
		const { status, body } = await answer;
		return [status, body.error.code];
	};
	assert.deepEqual(await codes(post("x".repeat(262_145))), [413, "too-large"]);
	assert.deepEqual(await codes(post("{")), [400, "malformed"]);
	assert.deepEqual(await codes(post("")), [400, "malformed"]);
	assert.deepEqual(await codes(post("[".repeat(200_000))), [400, "malformed"]);
	assert.deepEqual(await codes(post('{"__proto__": {"incidents": []}}')), [400, "malformed"]);
	const valid = JSON.stringify({ incidents: ["x"], action: { action: "note", text: "t" } });
	assert.deepEqual(await codes(post(valid, "text/plain")), [415, "malformed"]);
	assert.deepEqual(await codes(post(valid, "application/x-www-form-urlencoded")), [415, "malformed"]);
	const many = JSON.stringify({ incidents: Array(1001).fill("x"), action: { action: "note", text: "t" } });
	assert.deepEqual(await codes(post(many)), [400, "malformed"]);
	const chunked = await raw(server, "POST", "/api/v1/allowlist/test", { "transfer-encoding": "chunked" }, "{}");
	assert.equal(chunked.status, 411);
	const header = await raw(server, "GET", "/api/v1/now", { "x-long": "x".repeat(20_000) });
	assert.equal(header.status, 431);
	assert.equal((await server.call("GET", "/now")).status, 200);
	assert.deepEqual(server.warnings, []);
});

test("behind a proxy only the proxy is answered, and clients are told apart by what it says", async (t) => {
	const behind = await startProxied(t);
	const statuses = [];
	for (let i = 0; i < 11; i++) statuses.push((await behind.login({ "x-forwarded-for": "192.0.2.1" }, "wrong")).status);
	assert.deepEqual(statuses.slice(-2), [401, 429]);
	assert.equal((await behind.login({ "x-forwarded-for": "192.0.2.2" })).status, 200);
	// What the client itself wrote stands before what the proxy appended.
	assert.equal((await behind.login({ "x-forwarded-for": "192.0.2.9, 192.0.2.1" })).status, 429);
	const elsewhere = await startProxied(t, ["192.0.2.250"]);
	assert.equal((await elsewhere.login({})).status, 403);
});

test("a proxy that has authenticated a user says so in its header, if configured", async (t) => {
	const server = await startServer(t, {
		config: { behind_proxy: { trusted: ["127.0.0.0/8"], user_header: "X-Remote-User" } },
		users: USERS,
	});
	const as = (user: string, headers = {}) => ({ headers: { "x-remote-user": user, ...headers } });
	assert.equal((await server.call("GET", "/session", as("alice"))).body.role, "operator");
	assert.equal((await server.call("GET", "/now", as("mallory"))).status, 401);
	const body = { reason: "r", owner: "o", hosts: ["10.0.0.1"] };
	assert.equal((await server.call("POST", "/allowlist", { body, ...as("alice") })).status, 403);
	const { csrfToken } = (await server.call("GET", "/session", as("alice"))).body;
	const allowed = as("alice", { "x-csrf-token": csrfToken });
	assert.equal((await server.call("POST", "/allowlist", { body, ...allowed })).status, 200);
	assert.equal((await server.call("DELETE", "/session", allowed)).status, 409);
});

test("every change is in the audit trail, with who made it and from where", async (t) => {
	const server = await startServer(t, { users: USERS });
	await server.daemon.see(threeHosts());
	const session = await server.login("alice");
	const trail = async () => (await server.call("GET", "/audit?limit=1000", { session })).body.records;
	const [{ id: incident }] = (await server.call("GET", "/incidents", { session })).body.incidents;
	const entry = { reason: "r", owner: "o", hosts: ["10.0.0.1"] };
	server.daemon.prober = {
		plan: (target) => ({ target, steps: [] }),
		probe: async (target) => ({ target, isPool: false, words: "it does not answer" }),
	};
	const target = { address: "203.0.113.9", port: 4444 };
	const act = (action: object): [string, string, object] => [
		"POST",
		"/incidents/actions",
		{ incidents: [incident], action },
	];
	const { id } = (await server.call("POST", "/allowlist", { session, body: { ...entry, owner: "first" } })).body;
	for (const [method, path, body] of [
		act({ action: "note", text: "t" }),
		act({ action: "label", label: "miner" }),
		act({ action: "allow", reason: "r", owner: "o" }),
		act({ action: "close", reason: "r" }),
		["POST", "/allowlist", entry],
		["PUT", `/allowlist/${id}`, { ...entry, owner: "first", until: "never" }],
		["POST", `/allowlist/${id}/expire`, undefined],
		["DELETE", `/allowlist/${id}`, undefined],
		["POST", "/probes", target],
		["POST", "/system/receivers/soc/test", undefined],
		["POST", "/system/receivers/test", undefined],
		["POST", "/tokens", { name: "script" }],
		["DELETE", "/tokens/script", undefined],
	] as [string, string, object | undefined][]) {
		const before = (await trail()).length;
		const { status, text } = await server.call(method, path, { session, ...(body && { body }) });
		assert.equal(status, 200, `${method} ${path}: ${text}`);
		const after = await trail();
		assert.equal(after.length, before + 1, `${method} ${path}`);
		assert.equal(after[0].actor, "alice from 127.0.0.1");
	}
	await server.call("DELETE", "/session", { session });
	const records = await server.daemon.store.ask("books", "auditTrail", 1);
	assert.equal(records[0]!.action, "logout");
	// What only looks is not a change.
	const again = await server.login("alice");
	const before = (await server.call("GET", "/audit", { session: again })).body.records.length;
	await server.call("POST", "/allowlist/test", { session: again, body: entry });
	await server.call("POST", "/probes/plan", { session: again, body: target });
	assert.equal((await server.call("GET", "/audit", { session: again })).body.records.length, before);
});

test("a failure inside is logged and told without its details", async (t) => {
	const server = await startServer(t);
	server.daemon.testReceivers = () => Promise.reject(new Error("secret path /etc/shadow"));
	const { status, text } = await server.call("POST", "/system/receivers/test");
	assert.equal(status, 500);
	assert.doesNotMatch(text, /shadow/);
	assert.match(server.warnings[0]!, /POST \/api\/v1\/system\/receivers\/test: secret path/);
});

async function startProxied(t: Parameters<typeof startServer>[0], trusted = ["127.0.0.1"]) {
	const server = await startServer(t, { config: { behind_proxy: { trusted } }, users: USERS });
	return {
		login: (headers: Record<string, string>, password = PASSWORD) =>
			server.call("POST", "/session", { body: { user: "alice", password }, headers }),
	};
}

/** A request as it is: `fetch` does not let everything through. */
function raw(server: TestServer, method: string, path: string, headers: Record<string, string>, body?: string) {
	const { hostname, port } = new URL(server.server.url);
	return new Promise<{ status: number; text: string }>((resolve, reject) => {
		const asked = request({ hostname, port, method, path, headers, setHost: headers.host === undefined }, (answer) => {
			let text = "";
			answer.on("data", (bytes: Buffer) => {
				text += bytes.toString();
			});
			answer.on("end", () => resolve({ status: answer.statusCode!, text }));
		});
		asked.on("error", reject);
		asked.end(body);
	});
}
