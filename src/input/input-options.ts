import type { FlowSource } from "../flow/flow-source.ts";
import type { Network } from "../flow/networks.ts";
import type { TlsFiles } from "../ipfix/stream-receiver.ts";
import type { MeterCaptureOptions } from "../meter/meter-capture.ts";

/** How inputs of any kind are read. */
export interface InputOptions {
	/** How packets become flows. */
	readonly metering: MeterCaptureOptions;
	/** A BPF expression that narrows captures. */
	readonly filter?: string;
	/** Certificates for `ipfix+tls://`. */
	readonly tls?: TlsFiles;
	/** Password of the server that the input asks (Redis). */
	readonly password?: string;
	/** Networks that exporters may send from. */
	readonly exporters?: readonly Network[];
	/** Seconds after which silent connections of exporters are closed (IPFIX listeners). */
	readonly idleTimeout?: number;
	/** Where NEMEA's Unix sockets are; absent: the directory that NEMEA uses. */
	readonly socketDirectory?: string;
	/** Gets what a person should know while a live input goes on. */
	readonly warn?: (line: string) => void;
}

/** What a kind of input can tell the detector about a flow. */
export type Signal = "payload" | "server-name" | "resolved-name" | "foreign-alert" | "shape" | "label";

export interface OpenedInput {
	readonly source: FlowSource;
	/** The name of the input's `InputKind`. */
	readonly kind: string;
	/** Packets are metered: there are no labels. */
	readonly isCapture: boolean;
	/** It goes on until it is stopped. */
	readonly isLive: boolean;
}
