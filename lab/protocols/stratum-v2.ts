import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { noise } from "./filler.ts";
import { jobWaits, type MiningParameters, repeat, shareWaits } from "./mining-parameters.ts";
import { conversationOf, type Process, Script } from "./script.ts";
import { voidWallets } from "./void-wallets.ts";

/** Protection and channel type of a Stratum V2 connection. */
export interface StratumV2Style {
	/** Noise, as with pools; or none, as between proxies of one operator. */
	readonly encrypted: boolean;
	/** Jobs of a standard channel contain a merkle root, those of an extended one whole coinbase transactions. */
	readonly channel: "standard" | "extended";
}

/** Bitcoin over Stratum V2 (stratumprotocol.org): binary frames, usually inside Noise, where only sizes are visible. */
export function stratumV2(
	random: Random,
	parameters: MiningParameters,
	style: StratumV2Style = { encrypted: true, channel: random.pick(["standard", "extended"]) },
): Conversation {
	const script = new Script(parameters.latency);
	script.start(session(script, random, parameters, style));
	return conversationOf(script, parameters.duration, {
		label: "Miner",
		kind: `bitcoin/stratum-v2 ${style.channel}${style.encrypted ? " noise" : ""}`,
		serverPort: parameters.serverPort,
		...(parameters.tls && { tls: parameters.tls }),
	});
}

function* session(script: Script, random: Random, parameters: MiningParameters, style: StratumV2Style): Process {
	const { encrypted } = style;
	const frame = (type: number, ...parts: readonly Uint8Array[]) => {
		const bytes = frameOf(type, parts);
		return encrypted ? noise(random, bytes.length + HEADER_TAG + PAYLOAD_TAG) : bytes;
	};
	const extended = style.channel === "extended";
	const channel = u32(random.integer(1, 5000));
	const prefix = shortBytes(noise(random, 8));
	const target = noise(random, 32);
	const path = Buffer.concat(Array.from({ length: random.integer(9, 13) }, () => noise(random, 32)));
	let job = random.integer(1, 9000);
	let sequence = 0;
	const newJob = () => {
		job++;
		const future = Uint8Array.of(1, ...u32(1_700_000_000));
		if (!extended) return frame(0x8015, channel, u32(job), future, u32(0x2000_0000), shortBytes(noise(random, 32)));
		return frame(
			0x801f,
			...[channel, u32(job), future, u32(0x2000_0000), Uint8Array.of(1, path.length / 32), path],
			...[longBytes(noise(random, 90)), longBytes(noise(random, 110))],
		);
	};
	const newBlock = () => frame(0x8020, channel, u32(job), noise(random, 32), u32(1_700_000_000), u32(0x1703_4219));

	if (encrypted) {
		yield* script.call(noise(random, INITIATOR), () => noise(random, RESPONDER), 0.002);
	}
	const names = ["Void Machines", "S21", "2024-12", ""].map(text);
	const setup = [Uint8Array.of(0), u16(2), u16(2), u32(extended ? 4 : 1), text(parameters.poolName)];
	yield* script.call(frame(0x00, ...setup, u16(parameters.serverPort), ...names), () => frame(0x01, u16(2), u32(0)));
	const user = text(`${parameters.wallet ?? voidWallets.bitcoin}.${parameters.worker}`);
	const opening = [u32(1), user, noise(random, 4), target];
	const opened = extended ? [target, u16(8), prefix] : [target, prefix, u32(1)];
	yield* script.call(extended ? frame(0x13, ...opening, u16(8)) : frame(0x10, ...opening), () =>
		Buffer.concat([frame(extended ? 0x14 : 0x11, u32(1), channel, ...opened), newJob(), newBlock()]),
	);

	script.start(
		repeat(jobWaits(random, parameters), () => {
			script.server(newJob());
			if (random.chance(0.1)) script.server(newBlock());
			if (parameters.variableDifficulty && random.chance(0.1)) script.server(frame(0x8021, channel, noise(random, 32)));
		}),
	);
	script.start(
		repeat(shareWaits(random, parameters), () => {
			const own = u32(sequence++);
			const share = [channel, own, u32(job), noise(random, 4), u32(1_700_000_000), u32(0x2000_0000)];
			const sum = Uint8Array.of(...u32(1024), 0, 0, 0, 0);
			script.start(
				script.call(extended ? frame(0x801b, ...share, shortBytes(noise(random, 8))) : frame(0x801a, ...share), () =>
					frame(0x801c, channel, own, u32(1), sum),
				),
			);
		}),
	);
}

/** Noise_NX over secp256k1 with ElligatorSwift keys: 64 bytes, then 64 + 80 + 90. */
const INITIATOR = 64;
const RESPONDER = 234;
/** ChaCha20-Poly1305 seals header and payload separately. */
const HEADER_TAG = 16;
const PAYLOAD_TAG = 16;

/** Header of 6 bytes: extension with the channel bit, message, length of three bytes; all little-endian. */
function frameOf(type: number, parts: readonly Uint8Array[]): Uint8Array {
	const payload = Buffer.concat(parts);
	const { length } = payload;
	const header = [0, type >> 8, type & 0xff, length & 0xff, (length >> 8) & 0xff, length >> 16];
	return Uint8Array.from([...header, ...payload]);
}

function u16(value: number): Uint8Array {
	return Uint8Array.of(value & 0xff, value >> 8);
}

function u32(value: number): Uint8Array {
	return Uint8Array.of(value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24);
}

function text(value: string): Uint8Array {
	return shortBytes(Buffer.from(value));
}

function shortBytes(value: Uint8Array): Uint8Array {
	return Uint8Array.from([value.length, ...value]);
}

function longBytes(value: Uint8Array): Uint8Array {
	return Uint8Array.from([...u16(value.length), ...value]);
}
