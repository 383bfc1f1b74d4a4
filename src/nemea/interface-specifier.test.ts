import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { UsageError } from "../bytes/error.ts";
import { isInterface, parseInterface, parseSpecifier } from "./interface-specifier.ts";

const DEFAULTS = {
	patience: "wait",
	buffered: true,
	autoflush: 2_000_000,
	maxClients: 64,
	bufferCount: 50,
	bufferSize: 100_000,
	plainFraming: false,
};

test("inputs come first, outputs follow, and their numbers must be right", () => {
	const [input, output] = parseSpecifier("u:flows,t:7600", 1, 1);
	assert.deepEqual(input!.address, { kind: "unix", socketName: "flows" });
	assert.deepEqual(output!.address, { kind: "tcp", host: undefined, port: 7600 });
	assert.deepEqual(input!.options, DEFAULTS);
	assert.throws(() => parseSpecifier("u:flows", 1, 1), /"u:flows" names 1 interface, wanted: 1 input and 1 output/);
	assert.throws(() => parseSpecifier("u:a,u:b,u:c", 0, 2), /names 3 interfaces, wanted: 2 outputs/);
});

test("hosts are names, IPv4 and IPv6 addresses, in brackets or not", () => {
	const host = (text: string) => parseInterface(text, "input").address;
	assert.deepEqual(host("t:example.org:7600"), { kind: "tcp", host: "example.org", port: 7600 });
	assert.deepEqual(host("t:127.0.0.1:7600:timeout=WAIT"), { kind: "tcp", host: "127.0.0.1", port: 7600 });
	assert.deepEqual(host("t:[::1]:7600"), { kind: "tcp", host: "::1", port: 7600 });
	assert.deepEqual(host("t:2001:db8::5:7600"), { kind: "tcp", host: "2001:db8::5", port: 7600 });
	assert.deepEqual(host("T:[::1]:7600:key.pem:cert.pem:ca.pem"), {
		kind: "tls",
		host: "::1",
		port: 7600,
		key: "key.pem",
		certificate: "cert.pem",
		authority: "ca.pem",
	});
	assert.deepEqual(host("T:7600:key.pem:cert.pem:ca.pem"), {
		kind: "tls",
		host: undefined,
		port: 7600,
		key: "key.pem",
		certificate: "cert.pem",
		authority: "ca.pem",
	});
});

test("every option is understood wherever it stands", () => {
	assert.deepEqual(
		parseInterface(
			"u:timeout=HALF_WAIT:max_clients=3:out:buffer=off:autoflush=500:buffer_count=7:buffer_size=2000:framing=plain",
			"output",
		),
		{
			text: "u:timeout=HALF_WAIT:max_clients=3:out:buffer=off:autoflush=500:buffer_count=7:buffer_size=2000:framing=plain",
			address: { kind: "unix", socketName: "out" },
			options: {
				patience: "half-wait",
				buffered: false,
				autoflush: 500,
				maxClients: 3,
				bufferCount: 7,
				bufferSize: 2000,
				plainFraming: true,
			},
		},
	);
	assert.equal(parseInterface("u:a:timeout=1000000", "output").options.patience, "no-wait");
	assert.equal(parseInterface("u:a:timeout=NO_WAIT", "input").options.patience, "no-wait");
	assert.equal(parseInterface("u:a:autoflush=off", "output").options.autoflush, 0);
});

test("a file has a path, a mode, and times and sizes at which it changes", () => {
	const file = (text: string) => parseInterface(text, "output").address;
	const plain = { kind: "file", path: "/var/log/flows", append: false, minutes: 0, size: 0 };
	assert.deepEqual(file("f:/var/log/flows"), plain);
	assert.deepEqual(file("f:/var/log/flows:w"), plain);
	assert.deepEqual(file("f:/var/log/flows:a:time=5:size=10"), { ...plain, append: true, minutes: 5, size: 10 << 20 });
	assert.deepEqual(file("f:-"), { ...plain, path: "-" });
	assert.deepEqual(file("f:a"), { ...plain, path: "a" });
	assert.deepEqual(file("f:/tmp/%H:%M:w"), { ...plain, path: "/tmp/%H:%M" });
	assert.deepEqual(file("b:"), { kind: "blackhole" });
});

test("what is wrong is quoted with the reason", () => {
	const reasons: [string, RegExp][] = [
		["", /interface "": "" is no type of interface/],
		["x:flows", /"x:flows": "x" is no type/],
		["u:", /wants a socket's name/],
		["u:70000", /"70000" is no port/],
		["u:../etc", /no path/],
		["t:", /"" is no port/],
		["t:host", /"host" is no port/],
		["t:a b:7600", /"a b" is no host/],
		["t:::1:2:3::9:80", /is no host/],
		["T:7600:key:cert", /wants \[HOST:\]PORT:KEY:CERTIFICATE:AUTHORITY/],
		["f:", /wants a path/],
		["u:a:timeout=SOON", /timeout=SOON is none of WAIT, NO_WAIT, HALF_WAIT, microseconds/],
		["u:a:buffer=maybe", /neither on nor off/],
		["u:a:buffer_size=100001", /buffer_size=100001 is no number of 64 to 100000/],
		["u:a:max_clients=65", /max_clients=65/],
		["u:a:autoflush=-1", /autoflush=-1/],
		["f:x:size=0", /size=0/],
	];
	for (const [text, reason] of reasons) {
		assert.throws(
			() => parseInterface(text, "output"),
			(error) => error instanceof UsageError && reason.test(error.message),
			text,
		);
	}
	assert.throws(() => parseInterface("b:", "input"), /only be an output/);
	assert.throws(() => parseInterface("u:a:timeout=HALF_WAIT", "input"), /none of WAIT, NO_WAIT, microseconds/);
});

test("any text is an interface or a usage error, nothing else", () => {
	const part = fc.constantFrom("u", "t", "T", "f", "b", ":", "timeout=", "WAIT", "7600", "[", "]", "=", ",", "a");
	fc.assert(
		fc.property(
			fc.oneof(
				fc.string(),
				fc.array(part).map((parts) => parts.join("")),
			),
			(text) => {
				try {
					parseSpecifier(text, 1, 1);
				} catch (error) {
					assert.ok(error instanceof UsageError, String(error));
				}
			},
		),
		{ numRuns: 500 },
	);
});

test("an argument is an interface where it begins like one", () => {
	assert.deepEqual(["u:flows", "flows.trapcap", "t:7600", "C:dir", "tls.pcap"].filter(isInterface), [
		"u:flows",
		"t:7600",
	]);
});
