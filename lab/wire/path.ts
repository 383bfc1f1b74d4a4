/** The path between two ends, and the position of the capture on it. */
export interface Path {
	/** One-way delay, seconds. */
	readonly latency: number;
	/** Mean of the additional exponential delay of every packet, seconds. */
	readonly jitter: number;
	/** Share of packets that are lost. */
	readonly loss: number;
	/** 0 at the client, 1 at the server. */
	readonly observedAt: number;
	/** Largest payload of a segment, without TCP options. */
	readonly segmentSize: number;
	/** Whether segments carry RFC 7323's time stamps, as Linux's do. */
	readonly timestamps: boolean;
	/** Every second segment is acknowledged at once, a single one after this many seconds (RFC 9293, 3.8.6.3). */
	readonly delayedAck: number;
	readonly vlan?: number;
}

export const ordinaryPath: Path = {
	latency: 0.02,
	jitter: 0.0005,
	loss: 0,
	observedAt: 0.05,
	segmentSize: 1460,
	timestamps: true,
	delayedAck: 0.04,
};

/** A frame in the capture; `time` in µs since the epoch, with a fraction. */
export interface TimedFrame {
	readonly time: number;
	readonly bytes: Uint8Array;
}
