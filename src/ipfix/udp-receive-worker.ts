import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import type { Network } from "../flow/networks.ts";
import { AllowedExporters } from "./allowed-exporters.ts";

/**
 * Receives datagrams on its own thread, so that the kernel's buffer never waits for other work. It only concatenates
 * them and sends them on request; datagrams beyond its bounds are dropped and counted.
 */
interface Task {
	readonly host: string;
	readonly port: number;
	/** The requested size of the kernel's buffer, and the bound of the memory here. */
	readonly kernelBytes: number;
	readonly heldBytes: number;
	/** Networks that may send; default: all. */
	readonly networks: readonly Network[] | undefined;
}

/** The reports of the worker: it is bound, it has datagrams, or it failed. */
export type UdpReport =
	| { readonly kind: "bound"; readonly port: number; readonly kernelBytes: number }
	| {
			readonly kind: "datagrams";
			readonly bytes: Uint8Array<ArrayBuffer>;
			readonly ends: Uint32Array<ArrayBuffer>;
			/** Of each datagram, the index of its sender in `exporters`. */
			readonly senders: Uint32Array<ArrayBuffer>;
			readonly exporters: readonly string[];
			readonly dropped: number;
			readonly refused: number;
			readonly droppedByKernel: number;
	  }
	| { readonly kind: "failed"; readonly code: string }
	| { readonly kind: "ended" };

/** Bytes sent per request, exceeded by at most a datagram. */
const HANDED_BYTES = 1 << 20;
/** Approximate bytes of a datagram in addition to its content: empty datagrams fill the memory, too. */
const DATAGRAM_BYTES = 128;
/** Interval in ms at which the kernel's drops are read. */
const KERNEL_DROPS_MS = 1000;
const REFUSALS_MS = 1000;

const task = workerData as Task;
const port = parentPort!;
const socket = createSocket({ type: isIPv6(task.host) ? "udp6" : "udp4", recvBufferSize: task.kernelBytes });
const held: { message: Uint8Array; exporter: string }[] = [];
let heldBytes = 0;
let dropped = 0;
let refused = 0;
let handedAt = 0;
let kernelDropsSeen = 0;
let kernelAsked = 0;
const allowed = new AllowedExporters(task.networks);
let asked = false;

socket.on("message", (message, { address, port }) => {
	if (!allowed.has(address)) {
		refused++;
		// Refusals are reported even if no allowed exporter sends.
		if (asked && Date.now() - handedAt > REFUSALS_MS) handOver();
		return;
	}
	const cost = message.length + DATAGRAM_BYTES;
	if (heldBytes + cost > task.heldBytes) {
		dropped++;
		return;
	}
	held.push({ message, exporter: `${address} port ${port}` });
	heldBytes += cost;
	if (asked) handOver();
});
socket.on("error", (error) => {
	report({ kind: "failed", code: (error as NodeJS.ErrnoException).code ?? error.message });
	socket.close();
	port.close();
});
socket.bind(task.port, task.host, () => {
	report({ kind: "bound", port: socket.address().port, kernelBytes: socket.getRecvBufferSize() });
});
port.on("message", (message: "more" | "stop") => {
	if (message === "more") {
		asked = true;
		if (held.length > 0) handOver();
		return;
	}
	socket.close(() => {
		while (held.length > 0) handOver();
		report({ kind: "ended" });
		port.close();
	});
});

function handOver(): void {
	asked = false;
	handedAt = Date.now();
	let count = 0;
	let total = 0;
	while (count < held.length && total < HANDED_BYTES) total += held[count++]!.message.length;
	const exporters = new Map<string, number>();
	const bytes = new Uint8Array(total);
	const ends = new Uint32Array(count);
	const senders = new Uint32Array(count);
	let end = 0;
	for (const [k, { message, exporter }] of held.splice(0, count).entries()) {
		bytes.set(message, end);
		end += message.length;
		ends[k] = end;
		let sender = exporters.get(exporter);
		if (sender === undefined) {
			sender = exporters.size;
			exporters.set(exporter, sender);
		}
		senders[k] = sender;
	}
	report({
		kind: "datagrams",
		bytes,
		ends,
		senders,
		exporters: [...exporters.keys()],
		dropped,
		refused,
		droppedByKernel: kernelDrops(),
	});
	heldBytes -= total + count * DATAGRAM_BYTES;
	dropped = 0;
	refused = 0;
}

/** Datagrams dropped by the kernel since the last call: the last column of /proc/net/udp, by local port. */
function kernelDrops(): number {
	const now = Date.now();
	if (now - kernelAsked < KERNEL_DROPS_MS) return 0;
	kernelAsked = now;
	const local = `:${socket.address().port.toString(16).toUpperCase().padStart(4, "0")}`;
	let drops = 0;
	for (const file of ["/proc/net/udp", "/proc/net/udp6"]) {
		for (const line of textOf(file).split("\n")) {
			const columns = line.trim().split(/\s+/);
			if (columns[1]?.endsWith(local)) drops += Number(columns.at(-1)) || 0;
		}
	}
	const more = Math.max(0, drops - kernelDropsSeen);
	kernelDropsSeen = drops;
	return more;
}

function textOf(path: string): string {
	try {
		return readFileSync(path, "latin1");
	} catch {
		return "";
	}
}

function report(message: UdpReport): void {
	port.postMessage(
		message,
		message.kind === "datagrams" ? [message.bytes.buffer, message.ends.buffer, message.senders.buffer] : [],
	);
}
