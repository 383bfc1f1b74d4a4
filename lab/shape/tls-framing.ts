import type { Message } from "../conversation.ts";
import type { Random } from "../random.ts";
import { type Disguise, recordsOf } from "./disguise.ts";
import type { Path } from "./path.ts";

/** How the TLS stack of one end divides application data into records. */
export interface TlsFraming {
	readonly version: "TLSv1.2" | "TLSv1.3";
	/** Bytes on the wire for `length` written bytes. */
	sealed(length: number): number;
}

/** The most plaintext in one record (RFC 8446, 5.1). */
const RECORD = 16_384;
const HEADER = 5;

export function drawFraming(random: Random, { padding }: Disguise = {}): TlsFraming {
	if (padding !== undefined) {
		return framing("TLSv1.3", (length) => HEADER + 1 + 16 + Math.min(RECORD, padding(length)));
	}
	if (random.chance(0.6)) {
		// RFC 8446, 5.2: content type and 16 bytes of tag; 5.4: padding, which is rarely used.
		const multiple = random.chance(0.08) ? random.pick([8, 16, 32, 64, 128]) : 1;
		return framing("TLSv1.3", (length) => HEADER + 1 + 16 + Math.ceil(length / multiple) * multiple);
	}
	const cipher = random.pick(["gcm", "gcm", "gcm", "chacha", "cbc-sha1", "cbc-sha256"]);
	// RFC 5288: 8 bytes of explicit nonce and 16 of tag. RFC 7905: the tag alone. RFC 5246, 6.2.3.2: IV, MAC, padding to 16.
	if (cipher === "gcm") return framing("TLSv1.2", (length) => HEADER + 8 + 16 + length);
	if (cipher === "chacha") return framing("TLSv1.2", (length) => HEADER + 16 + length);
	const mac = cipher === "cbc-sha1" ? 20 : 32;
	return framing("TLSv1.2", (length) => HEADER + 16 + Math.ceil((length + mac + 1) / 16) * 16);
}

function framing(version: TlsFraming["version"], record: (length: number) => number): TlsFraming {
	const sealed = (length: number) => {
		let bytes = 0;
		for (let left = length; left > 0; left -= RECORD) bytes += record(Math.min(left, RECORD));
		return bytes;
	};
	return { version, sealed };
}

/** The messages of a handshake; the client sends the last one together with its first data if `joins` is above 0. */
export interface Handshake {
	readonly messages: readonly Message[];
	/** The time from which the client may send. */
	readonly ends: number;
	/** Bytes of the client's Finished that leave in one segment with its first data. */
	readonly joins: number;
}

export function handshakeMessages(random: Random, path: Path, tls: TlsFraming): Handshake {
	const modern = tls.version === "TLSv1.3";
	const messages: Message[] = [];
	let at = random.exponential(path.jitter);
	const say = (from: "client" | "server", length: number) => void messages.push({ at, from, length });
	const travel = () => {
		at += path.roundTrip / 2 + random.exponential(path.jitter) + random.pick([0, 0.001, 0.005]);
	};
	// Browsers and Go pad to 517; libraries without padding send 180 … 330; post-quantum key shares result in 1200 …
	// 1800.
	say(
		"client",
		random.pick([
			517,
			517,
			random.integer(180, 330),
			random.integer(200, 560),
			random.integer(560, 730),
			random.integer(1190, 1820),
		]),
	);
	travel();
	const resumed = random.chance(0.25);
	const certificates = random.pick([random.integer(500, 1300), random.integer(1300, 3000), random.integer(2300, 5200)]);
	const hello = modern ? random.pick([127, 128, 133, 133, 1220]) : random.integer(80, 120);
	if (resumed) say("server", modern ? hello + 75 + random.integer(0, 30) : hello + 51);
	else {
		const flight = hello + certificates + random.integer(150, 420);
		if (random.chance(0.7)) say("server", flight);
		else {
			// Some stacks write each handshake message separately.
			say("server", hello);
			say("server", flight - hello);
		}
	}
	travel();
	const finished = modern ? random.pick([64, 74, 80, 58, 6 + 74]) : random.pick([93, 126, 126, 75, 150, 182, 318, 51]);
	let joins = 0;
	if (random.chance(0.6)) joins = finished;
	else say("client", finished);
	if (modern) return { messages, ends: at, joins };
	if (!resumed) {
		if (joins > 0) say("client", joins);
		joins = 0;
		travel();
		say("server", random.chance(0.3) ? 51 : random.integer(202, 290));
		travel();
	}
	return { messages, ends: at, joins };
}

/** The wire form of a conversation inside TLS: handshake, session tickets, records, sometimes a close_notify. */
export function sealConversation(
	messages: readonly Message[],
	random: Random,
	path: Path,
	disguise: Disguise = {},
): Message[] {
	const tls = drawFraming(random, disguise);
	const { messages: opening, ends, joins } = handshakeMessages(random, path, tls);
	const sealed: Message[] = [...opening];
	const begin = messages[0]?.at ?? 0;
	let finished = joins;
	if (tls.version === "TLSv1.3") {
		const tickets = random.pick([0, 1, 2, 2]);
		const length = random.pick([255, 79, random.integer(190, 320)]);
		for (let k = 0; k < tickets; k++)
			sealed.push({ at: ends + path.roundTrip / 2 + random.exponential(path.jitter), from: "server", length });
	}
	for (const message of messages) {
		const at = message.at - begin + ends;
		const records = recordsOf({ at, from: message.from, length: message.length }, disguise, tls.sealed);
		if (finished > 0) {
			const own = message.from === "client" && message.at - begin < 0.01;
			const joined = own ? records.shift()!.length : 0;
			sealed.push({ at: ends, from: "client", length: finished + joined });
			finished = 0;
		}
		sealed.push(...records);
	}
	// close_notify (RFC 8446, 6.1): two bytes in a record.
	const last = sealed[sealed.length - 1]!.at;
	if (random.chance(0.2))
		sealed.push({ at: last + random.exponential(5), from: random.pick(["client", "server"]), length: tls.sealed(2) });
	return sealed.sort((a, b) => a.at - b.at);
}
