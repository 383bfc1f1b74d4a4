import type { RhythmPart } from "./rhythm-part.ts";

/**
 * The first burst if it is a handshake or a login: weak alone, but the only evidence of a session that ends before its
 * first share.
 */
export const STARTUP: RhythmPart = {
	features: {
		PPI_PACKETS: "packets with payload in the list (at most 30): how much evidence the other features rest on",
		STEADY_PACKETS: "of those, the packets after the start-up",
		STARTUP_SENT_BYTES: "payload bytes the client sends in the start-up: names and a ClientHello, never a document",
		STARTUP_RECEIVED_BYTES: "payload bytes the server sends in it: a certificate chain and a job, not a page",
		STARTUP_TURNS: "changes of direction in it: log-ins are calls and replies in turn",
		STARTUP_LAST_SENT: "length of the client's last packet in it: the log-in itself, after any handshake",
		STARTUP_LAST_RECEIVED: "length of the server's last packet in it: the first job or the answer to the log-in",
	},
	compute(train, out, at) {
		const { startup, length, fromServer } = train;
		let bytes = 0;
		let received = 0;
		let turns = 0;
		let lastSent = 0;
		let lastReceived = 0;
		let before = fromServer[0]!;
		for (let k = 0; k < startup; k++) {
			const isReceived = fromServer[k]!;
			const own = length[k]!;
			bytes += own;
			received += own & -isReceived;
			lastReceived += (own - lastReceived) & -isReceived;
			lastSent += (own - lastSent) & (isReceived - 1);
			turns += isReceived ^ before;
			before = isReceived;
		}
		out[at] = train.count;
		out[at + 1] = train.count - startup;
		out[at + 2] = bytes - received;
		out[at + 3] = received;
		out[at + 4] = turns;
		out[at + 5] = lastSent;
		out[at + 6] = lastReceived;
	},
};
