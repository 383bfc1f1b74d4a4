import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { openByteSource } from "../bytes/byte-source.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";
import { meterCapture } from "../meter/meter-capture.ts";
import { type ExportListener, listenForExports } from "./export-listener.ts";

const CAPTURE = fileURLToPath(new URL("../../samples/bitcoin-stratum.pcap", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "decrypto-exporters-"));
after(() => rmSync(directory, { recursive: true }));

interface Sums {
	packets: number;
	bytes: number;
	/** Pairs of ports, ascending. */
	connections: Set<string>;
	/** Flows with both directions. */
	biflows: number;
	longest: number;
}

async function sumsOf(source: AsyncIterable<FlowColumns>): Promise<Sums> {
	const sums: Sums = { packets: 0, bytes: 0, connections: new Set(), biflows: 0, longest: 0 };
	for await (const flows of source) {
		for (let i = 0; i < flows.length; i++) {
			sums.packets += flows.packets[i]! + flows.packetsReverse[i]!;
			sums.bytes += flows.bytes[i]! + flows.bytesReverse[i]!;
			sums.connections.add([flows.sourcePort[i]!, flows.destinationPort[i]!].sort((a, b) => a - b).join(" "));
			if (flows.packetsReverse[i]! > 0) sums.biflows++;
			sums.longest = Math.max(sums.longest, flows.timeLast[i]! - flows.timeFirst[i]!);
		}
	}
	return sums;
}

/** Runs an exporter until it exits, or until the records of all packets have come; undefined where it is not installed. */
async function exported(command: (port: number) => readonly string[], packets: number): Promise<Sums | undefined> {
	const listener: ExportListener = await listenForExports("netflow+udp://127.0.0.1:0", { onWarning: () => {} });
	const [program, ...parameters] = command(listener.port) as [string, ...string[]];
	const exporter = spawn(program, parameters, { stdio: "ignore", cwd: directory });
	let isAbsent = false;
	exporter.once("error", () => {
		isAbsent = true;
		listener.stop();
	});
	const exit = once(exporter, "exit").catch(() => undefined);
	void exit.then(() => setTimeout(() => listener.stop(), 500));
	const patience = setTimeout(() => exporter.kill("SIGINT"), 20_000);
	let seen = 0;
	const counted = async function* () {
		for await (const flows of listener) {
			for (let i = 0; i < flows.length; i++) seen += flows.packets[i]! + flows.packetsReverse[i]!;
			yield flows;
			if (seen >= packets) listener.stop();
		}
	};
	const sums = await sumsOf(counted());
	clearTimeout(patience);
	exporter.kill("SIGKILL");
	if (isAbsent) return undefined;
	assert.deepEqual([...listener.counters.malformed], [], "nothing was malformed or lost");
	return sums;
}

describe("exporters of Debian give what the meter gives", { timeout: 60_000 }, async () => {
	const metered = await sumsOf(meterCapture(openByteSource(CAPTURE)));
	const sameAsMetered = (sums: Sums) => {
		assert.deepEqual(
			[sums.packets, sums.bytes, [...sums.connections].sort()],
			[metered.packets, metered.bytes, [...metered.connections].sort()],
		);
		assert.equal(sums.biflows, sums.connections.size, "both directions of each connection were paired");
	};
	for (const version of [5, 9, 10])
		it(`softflowd, version ${version}`, async (t) => {
			const sums = await exported(
				(port) => ["softflowd", "-r", CAPTURE, "-n", `127.0.0.1:${port}`, "-v", String(version), "-d"],
				metered.packets,
			);
			if (sums === undefined) return t.skip("softflowd is not installed");
			sameAsMetered(sums);
			assert.ok(sums.longest > 600e6 && sums.longest < 601e6, `the longest connection: ${sums.longest} µs`);
		});
	for (const version of [5, 9, 10])
		it(`pmacct's nfprobe, version ${version}`, async (t) => {
			const sums = await exported((port) => {
				const file = join(directory, `nfprobe-${version}.conf`);
				writeFileSync(
					file,
					[
						`pcap_savefile: ${CAPTURE}`,
						"plugins: nfprobe[a]",
						`nfprobe_receiver[a]: 127.0.0.1:${port}`,
						`nfprobe_version[a]: ${version}`,
						"aggregate[a]: src_host,dst_host,src_port,dst_port,proto,tos",
						"nfprobe_timeouts[a]: general=3:maxlife=3600",
					].join("\n"),
				);
				return ["pmacctd", "-f", file];
			}, metered.packets);
			if (sums === undefined) return t.skip("pmacctd is not installed");
			sameAsMetered(sums);
		});
	it("pmacct's sfprobe gives estimates of the packets, each sampled", async (t) => {
		const sums = await exported((port) => {
			const file = join(directory, "sfprobe.conf");
			writeFileSync(
				file,
				[
					`pcap_savefile: ${CAPTURE}`,
					"plugins: sfprobe[a]",
					`sfprobe_receiver[a]: 127.0.0.1:${port}`,
					"sfprobe_agentip[a]: 127.0.0.1",
					"sampling_rate[a]: 1",
				].join("\n"),
			);
			return ["pmacctd", "-f", file];
		}, metered.packets);
		if (sums === undefined) return t.skip("pmacctd is not installed");
		// It sends full datagrams only, and keeps the samples of the last one when it ends.
		assert.ok(sums.packets <= metered.packets && sums.packets > metered.packets - 20, `${sums.packets} packets`);
		assert.ok(sums.bytes <= metered.bytes && sums.bytes > 0.98 * metered.bytes, `${sums.bytes} bytes`);
		assert.deepEqual([...sums.connections].sort(), [...metered.connections].sort());
	});
});
