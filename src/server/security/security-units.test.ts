import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isLoopback, parseListenAddress } from "../listen-address.ts";
import { SharedAnswers } from "../shared-answers.ts";
import { poolPatternOf } from "../views/pool-pattern.ts";
import { forwardedAddress, networkList } from "./client-address.ts";
import { isOwnHost } from "./host-guard.ts";
import { AttemptLimit, clientKey } from "./login-limit.ts";
import { hashPassword, verifyPassword } from "./password.ts";

test("a password is verified by its hash; no two hashes are alike; anything else than our hash is refused", async () => {
	const hash = await hashPassword("pässword one");
	assert.match(hash, /^scrypt\$32768\$8\$1\$/);
	assert.notEqual(hash, await hashPassword("pässword one"));
	assert.equal(await verifyPassword("pässword one", hash), true);
	// The same letters in another normal form of Unicode.
	assert.equal(await verifyPassword("pa\u0308ssword one", hash), true);
	assert.equal(await verifyPassword("pässword two", hash), false);
	const [salt, key] = hash.split("$").slice(4);
	for (const wrong of [
		"",
		"pässword one",
		hash.slice(0, -1),
		`scrypt$1048576$8$1$${salt}$${key}`,
		`scrypt$32767$8$1$${salt}$${key}`,
		`scrypt$32768$99$1$${salt}$${key}`,
	]) {
		assert.equal(await verifyPassword("pässword one", wrong), false, wrong);
	}
});

test("attempts are limited by key and period, in bounded memory", () => {
	const limit = new AttemptLimit({ attempts: 2, period: 1000, mostKeys: 3 });
	assert.deepEqual([limit.attempt("a", 0), limit.attempt("a", 10), limit.attempt("a", 20)], [0, 0, 980]);
	assert.equal(limit.attempt("b", 20), 0);
	assert.equal(limit.attempt("a", 1000), 0);
	limit.attempt("a", 1000);
	limit.forget("a");
	assert.equal(limit.attempt("a", 1001), 0);
	for (const key of "cdefgh") assert.equal(limit.attempt(key, 1002), 0);
	// Forgotten for lack of room.
	assert.equal(limit.attempt("a", 1003), 0);
});

test("one IPv6 subscriber is one client", () => {
	assert.equal(clientKey("192.0.2.1"), "192.0.2.1");
	assert.equal(clientKey("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2");
	assert.equal(clientKey("2001:db8::6"), "2001:db8:0:0");
	assert.equal(clientKey("2001:db8::7"), clientKey("2001:db8::6"));
	assert.equal(clientKey("::1"), "0:0:0:0");
});

test("the forwarded address is the last one that no trusted proxy wrote about itself", () => {
	const trusted = networkList(["10.0.0.0/8", "2001:db8::/32"]);
	assert.equal(forwardedAddress("192.0.2.1", trusted), "192.0.2.1");
	assert.equal(forwardedAddress("198.51.100.9, 192.0.2.1, 10.1.1.1", trusted), "192.0.2.1");
	assert.equal(forwardedAddress("[2001:db9::1]:4711, 2001:db8::5", trusted), "2001:db9::1");
	assert.equal(forwardedAddress("::ffff:192.0.2.1", trusted), "192.0.2.1");
	for (const wrong of ["", "unknown", "192.0.2.1, nonsense", "10.0.0.1", "192.0.2.1,"]) {
		assert.equal(forwardedAddress(wrong, trusted), undefined, wrong);
	}
	fc.assert(
		fc.property(fc.string(), (text) => {
			forwardedAddress(text, trusted);
		}),
	);
});

test("listen addresses, and which of them are this machine only", () => {
	assert.deepEqual(parseListenAddress("127.0.0.1:8470"), { host: "127.0.0.1", port: 8470 });
	assert.deepEqual(parseListenAddress("[::1]:0"), { host: "::1", port: 0 });
	assert.deepEqual(parseListenAddress("localhost:80"), { host: "localhost", port: 80 });
	for (const wrong of [
		"8470",
		":8470",
		"127.0.0.1",
		"127.0.0.1:65536",
		"::1:80",
		"[127.0.0.1]:80",
		"host:80",
		"1.2.3:4",
	]) {
		assert.equal(parseListenAddress(wrong), undefined, wrong);
	}
	for (const host of ["127.0.0.1", "127.5.5.5", "::1", "localhost"]) assert.equal(isLoopback(host), true, host);
	for (const host of ["0.0.0.0", "::", "10.0.0.1", "2001:db8::1", "example"])
		assert.equal(isLoopback(host), false, host);
});

test("no Host header but those of this machine passes, whatever its form", () => {
	assert.equal(isOwnHost("LOCALHOST:80", []), true);
	assert.equal(isOwnHost("app.localhost", []), true);
	assert.equal(isOwnHost("sensor.example:8470", ["sensor.example"]), true);
	for (const host of ["localhost.evil.example", "evil.example#localhost", "localhost@evil.example", "1.1.1.1", " "]) {
		assert.equal(isOwnHost(host, []), false, host);
	}
	assert.equal(isOwnHost(undefined, []), false);
});

test("a pattern made of a pool matches names literally", () => {
	const pool = { address: "203.0.113.7", port: 443 } as Parameters<typeof poolPatternOf>[0];
	assert.equal(poolPatternOf({ ...pool, serverName: "xmr.pool.example" }), "xmr.pool.example:443");
	for (const serverName of ["*.example", "*", "10.0.0.0", "localhost", "a b.example", "x:1", "0.0.0.0/0"]) {
		assert.equal(poolPatternOf({ ...pool, serverName }), "203.0.113.7:443", serverName);
	}
	assert.equal(poolPatternOf({ ...pool, address: "2001:db8::7" }), "[2001:db8::7]:443");
});

test("equal questions share an answer until it is old; failures are not kept", async () => {
	let now = 0;
	let asked = 0;
	const answers = new SharedAnswers<number>({ most: 1000, mostAfterChange: 100 }, () => now, 2);
	const ask = async () => ++asked;
	assert.deepEqual(await Promise.all([answers.get("a", ask), answers.get("a", ask)]), [1, 1]);
	now = 999;
	assert.equal(await answers.get("a", ask), 1);
	answers.change();
	assert.equal(await answers.get("a", ask), 2);
	now = 1050;
	answers.change();
	assert.equal(await answers.get("a", ask), 2);
	await assert.rejects(answers.get("b", () => Promise.reject(new Error("no"))));
	assert.equal(await answers.get("b", ask), 3);
	await answers.get("c", ask);
	// Only two answers are kept; the first one asked for is forgotten.
	assert.equal(await answers.get("a", ask), 5);
});
