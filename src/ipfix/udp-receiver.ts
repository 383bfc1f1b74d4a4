import { Worker } from "node:worker_threads";
import { DeCryptoError, reasonOf } from "../bytes/error.ts";
import { siblingModule } from "../bytes/sibling-module.ts";
import type { Network } from "../flow/networks.ts";
import type { Arrivals } from "./arrivals.ts";
import type { PeerAddress } from "./listen-address.ts";
import { MAX_WAITING, type Receiver } from "./receiver.ts";
import type { UdpReport } from "./udp-receive-worker.ts";

/** The requested size of the kernel's buffer: a second of 20 MB/s and more. */
const KERNEL_BYTES = 32 << 20;
/** With a smaller buffer, a pause of tens of milliseconds loses datagrams of a busy exporter. */
const ENOUGH_KERNEL_BYTES = 4 << 20;

/** Receives datagrams on its own thread. Calls `warn` if the kernel's buffer is too small. */
export async function receiveUdp(
	{ host, port }: PeerAddress,
	arrivals: Arrivals,
	warn: (line: string) => void,
	networks?: readonly Network[],
): Promise<Receiver> {
	const worker = new Worker(siblingModule(import.meta.url, "udp-receive-worker"), {
		workerData: { host, port, kernelBytes: KERNEL_BYTES, heldBytes: MAX_WAITING, networks },
	});
	const bound = Promise.withResolvers<number>();
	const fail = (reason: string) => {
		const error = new DeCryptoError("failed", reason);
		bound.reject(error);
		arrivals.end(error);
	};
	worker.on("message", (report: UdpReport) => {
		switch (report.kind) {
			case "bound":
				if (report.kernelBytes < ENOUGH_KERNEL_BYTES) warn(smallBuffer(report.kernelBytes));
				bound.resolve(report.port);
				return;
			case "datagrams":
				arrivals.add(report);
				return;
			case "failed":
				fail(reasonOf(Object.assign(new Error(report.code), { code: report.code })));
				return;
			case "ended":
				arrivals.end();
		}
	});
	worker.on("error", (error) => fail(reasonOf(error)));
	const boundPort = await bound.promise;
	worker.postMessage("more");
	return {
		port: boundPort,
		taken: () => worker.postMessage("more"),
		stop: () => worker.postMessage("stop"),
	};
}

function smallBuffer(bytes: number): string {
	return (
		`the kernel holds only ${Math.round(bytes / 1024)} KiB of datagrams for us, and a busy exporter may lose some; ` +
		`as root: sysctl -w net.core.rmem_max=${KERNEL_BYTES}`
	);
}
