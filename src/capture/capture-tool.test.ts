import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { UsageError } from "../bytes/error.ts";
import { droppedPackets, startGuardedTool, startTool, toolError } from "./capture-tool.ts";

test("drops are read from the last lines of tcpdump and dumpcap", () => {
	assert.equal(
		droppedPackets(["12 packets captured", "12 packets received by filter", "3 packets dropped by kernel"]),
		3,
	);
	assert.equal(droppedPackets(["3 packets dropped by kernel", "2 packets dropped by interface"]), 5);
	assert.equal(
		droppedPackets([
			"Packets received/dropped on interface 'eth0': 10/7 (pcap:0/dumpcap:0/flushed:0/ps_ifdrop:0) (58.8%)",
		]),
		7,
	);
	assert.equal(droppedPackets(["12 packets captured"]), undefined);
});

test("missing rights, an invalid filter and a missing interface are one line each", () => {
	const rights = toolError("live:eth0", [
		"tcpdump: eth0: You don't have permission to perform this capture on that device",
		"(socket: Operation not permitted)",
	]);
	assert.match(rights.message, /^live:eth0: no permission to capture: run as root, or grant it/);
	const filter = toolError("a.pcap", [
		"reading from file -, link-type EN10MB (Ethernet), snapshot length 262144",
		"tcpdump: can't parse filter expression: syntax error",
	]);
	assert.ok(filter instanceof UsageError);
	assert.match(filter.message, /^a\.pcap: the filter is not valid: can't parse/);
	assert.equal(
		toolError("live:eth7", ["tcpdump: eth7: No such device exists"]).message,
		"live:eth7: eth7: No such device exists",
	);
});

test("the error of a missing tool names the package to install", async () => {
	await assert.rejects(
		startTool([["no-such-tool-1"], ["no-such-tool-2"]], "capturing live"),
		/capturing live needs tcpdump: neither no-such-tool-1 nor no-such-tool-2 is installed/,
	);
});

test("the next tool is used if the first is missing", async () => {
	const tool = await startTool(
		[["no-such-tool-1"], ["node", "-e", "console.error('listening on x'); console.log('packets')"]],
		"capturing live",
	);
	let text = "";
	for await (const chunk of tool.output) text += chunk;
	assert.equal(text, "packets\n");
	assert.equal(await tool.ended, 0);
	assert.deepEqual(tool.messages, ["listening on x"]);
});

/** A tool that prints its process number and then waits. */
const WAITING = ["/bin/sh", "-c", "echo $$; exec sleep 600"] as const;

function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

async function hasEnded(pid: number): Promise<boolean> {
	for (let i = 0; i < 100 && isRunning(pid); i++) await sleep(50);
	return !isRunning(pid);
}

test("a guarded tool ends on request", async () => {
	const tool = await startGuardedTool([WAITING], "the test");
	const pid = Number(String((await once(tool.output, "data"))[0]));
	assert.ok(isRunning(pid));
	tool.stop();
	assert.ok(await hasEnded(pid));
	await tool.ended;
});

test("a guarded tool that ends by itself reports its exit status and its last lines", async () => {
	const tool = await startGuardedTool([["/bin/sh", "-c", "echo no such device >&2; exit 3"]], "the test");
	tool.output.resume();
	assert.equal(await tool.ended, 3);
	assert.deepEqual(tool.messages, ["no such device"]);
	await assert.rejects(startGuardedTool([["no-such-tool"]], "the test"), /the test needs tcpdump/);
});

for (const signal of ["SIGKILL", "SIGHUP", "SIGTERM"] as const) {
	test(`a guarded tool does not outlive the process that started it: ${signal}`, async () => {
		const script = `
			const { startGuardedTool } = await import(${JSON.stringify(new URL("./capture-tool.ts", import.meta.url).href)});
			const tool = await startGuardedTool([${JSON.stringify(WAITING)}], "the test");
			tool.output.pipe(process.stdout);
		`;
		const starter = spawn(process.execPath, ["--input-type=module", "-e", script], {
			stdio: ["ignore", "pipe", "inherit"],
		});
		const pid = Number(String((await once(starter.stdout!, "data"))[0]));
		assert.ok(isRunning(pid));
		starter.kill(signal);
		assert.ok(await hasEnded(pid));
	});
}
