import { renameSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { UsageError } from "../../bytes/error.ts";
import { columnsOfFlows } from "../../flow/columns-of-flows.ts";
import { createIpfixSink } from "../../ipfix/ipfix-sink.ts";
import { isIpfixAddress, readIpfixAddress } from "../../ipfix/listen-address.ts";
import { CONVERSATION, TEST_MINER, TEST_POOL, wordsOf } from "./conversation.ts";
import { testCapture } from "./test-capture.ts";

/**
 * Sends the conversation into an input of a daemon on this machine. Returns the address of the host that the incident will
 * be about. `now`: milliseconds since the epoch. Throws a `UsageError` for an input that it cannot send to.
 */
export async function replayInto(input: string, now: number): Promise<string> {
	if (isIpfixAddress(input)) await exportFlow(input, now);
	else if (input.startsWith("follow:")) writeCapture(input.slice("follow:".length), now);
	else if (input === "live:lo") return converse();
	else {
		throw new UsageError(
			`${input}: the self-test can send to inputs ipfix+udp://…, ipfix+tcp://…, follow:DIRECTORY and live:lo`,
		);
	}
	return TEST_MINER;
}

/** Another port each time: a flow record of the same connection counts once, however often it comes. */
function minerPort(now: number): number {
	return 49_152 + (Math.round(now) % 16_384);
}

async function exportFlow(input: string, now: number): Promise<void> {
	const { transport, host, port } = readIpfixAddress(input);
	if (transport === "tls") throw new UsageError(`${input}: the self-test has no certificate for this input`);
	const isAny = host === "0.0.0.0" || host === "::";
	const reachable = isAny ? (host === "::" ? "[::1]" : "127.0.0.1") : host.includes(":") ? `[${host}]` : host;
	const sink = await createIpfixSink(`ipfix+${transport}://${reachable}:${port}`);
	await sink.write(columnsOfFlows([testFlow(now * 1000)]));
	await sink.close();
}

function testFlow(end: number) {
	const [payload, payloadReverse] = [wordsOf("miner"), wordsOf("pool")];
	const lengths = CONVERSATION.map(({ text }) => Buffer.byteLength(text));
	return {
		sourceAddress: TEST_MINER,
		destinationAddress: TEST_POOL.address,
		sourcePort: minerPort(end / 1000),
		destinationPort: TEST_POOL.port,
		protocol: 6,
		bytes: payload.length + 4 * 40,
		bytesReverse: payloadReverse.length + 5 * 40,
		packets: 4,
		packetsReverse: 5,
		tcpFlags: 0x1b,
		tcpFlagsReverse: 0x1b,
		timeFirst: end - 1e6,
		timeLast: end,
		packetLengths: lengths,
		packetDirections: CONVERSATION.map(({ from }) => (from === "miner" ? 1 : -1)),
		packetFlags: CONVERSATION.map(() => 0x18),
		packetTimes: CONVERSATION.map((_, i) => end - 1e6 + i * 100_000),
		payload: payload.subarray(0, 100),
		payloadReverse: payloadReverse.subarray(0, 100),
		serverName: "",
	};
}

/** The file appears as a whole. */
function writeCapture(directory: string, now: number): void {
	const path = join(directory, `decrypto-selftest-${Math.round(now)}.pcap`);
	const unfinished = `${path}.part`;
	writeFileSync(unfinished, testCapture(now * 1000, minerPort(now)));
	renameSync(unfinished, path);
}

/** Both ends of a real connection on the loopback interface. */
async function converse(): Promise<string> {
	const server = createServer((socket) => speak(socket, "pool"));
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const miner = connect((server.address() as AddressInfo).port, "127.0.0.1", () => speak(miner, "miner"));
	await new Promise((resolve) => miner.once("close", resolve));
	server.close();
	return "127.0.0.1";
}

/** Says its part when the other end has said what comes before, and ends the connection after the last word. */
function speak(socket: Socket, end: "miner" | "pool"): void {
	let heard = 0;
	let next = 0;
	const goOn = (): void => {
		for (; CONVERSATION[next]?.from === end; next++) socket.write(CONVERSATION[next]!.text);
		if (next === CONVERSATION.length) socket.end();
	};
	socket.setEncoding("utf8");
	socket.on("error", () => socket.destroy());
	socket.on("data", (text: string) => {
		heard += text.length;
		for (let line = CONVERSATION[next]; line !== undefined && line.from !== end && heard >= line.text.length; ) {
			heard -= line.text.length;
			line = CONVERSATION[++next];
		}
		goOn();
	});
	goOn();
}
