import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Log } from "../bytes/log.ts";
import { until } from "./daemon.testing.ts";
import { ServiceManager } from "./service-manager.ts";

const programs = ["systemd-notify", "python3"].filter((name) => spawnSync("which", [name]).status !== 0);
const skip = programs.length > 0 ? `needs ${programs.join(" and ")}` : false;
/** Prints what it hears. systemd-notify waits until the descriptor that it sends last is closed. */
const LISTENER = `
import os, socket, sys
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind(sys.argv[1])
while True:
    text, descriptors, _, _ = socket.recv_fds(server, 4096, 4)
    print(text.decode(), flush=True)
    for descriptor in descriptors: os.close(descriptor)
`;
const folder = mkdtempSync(join(tmpdir(), "decrypto-notify-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function logOf(lines: string[]): Log {
	return new Log((line) => lines.push(line), { level: "info", format: "text", journal: true });
}

test("systemd hears that the service is ready, alive, reloading and stopping", { skip }, async () => {
	const socket = join(folder, "notify");
	const listener = spawn("python3", ["-c", LISTENER, socket], { stdio: ["ignore", "pipe", "inherit"] });
	after(() => listener.kill());
	let heard = "";
	listener.stdout.setEncoding("utf8").on("data", (text: string) => {
		heard += text;
	});
	await until(() => existsSync(socket), "the socket is there");
	const lines: string[] = [];
	const environment = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "1000000", PATH: process.env.PATH };
	const manager = new ServiceManager(environment, logOf(lines));
	const hears = (text: string) => until(() => heard.includes(text), `systemd hears ${text}`);
	await manager.ready("watching 2 inputs");
	await hears("READY=1");
	await hears("STATUS=watching 2 inputs");
	await hears("WATCHDOG=1");
	await manager.reloading();
	await hears("RELOADING=1");
	await hears("MONOTONIC_USEC=");
	await manager.stopping();
	await hears("STOPPING=1");
	assert.deepEqual(lines, []);
});

test("without systemd nothing happens, and a service manager that is gone is a warning", async () => {
	const lines: string[] = [];
	await new ServiceManager({}, logOf(lines)).ready("watching");
	assert.deepEqual(lines, []);
	const environment = { NOTIFY_SOCKET: join(folder, "nobody"), PATH: join(folder, "nothing") };
	await new ServiceManager(environment, logOf(lines)).stopping();
	assert.match(lines.join(), /^<4>systemd: systemd-notify STOPPING=1: /);
});
