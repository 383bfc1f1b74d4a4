import type { CapturedPacket } from "./captured-packet.ts";
import { decodeCommon } from "./common-packet.ts";
import type { DecodedPacket } from "./decoded-packet.ts";
import { LayerDecoder } from "./layer-decoder.ts";
import { LINK_TYPE } from "./link-type.ts";
import { OUTCOME } from "./outcome.ts";
import { claim, hasPlace, placeOfCommon, type Shard } from "./shard.ts";

export interface DecoderOptions {
	/**
	 * Whether to open IP in IP, 6in4, GRE with Ethernet inside, ERSPAN, VXLAN, GTP-U and Teredo. By default only GRE
	 * within IPv4 with IP, MPLS or PPPoE inside is opened, as in the reference exporter.
	 */
	readonly decapsulate?: boolean;
	/**
	 * Whether IP lengths are interpreted as by the reference exporter: 0 is 65,536, and a length below that of the
	 * headers wraps around. By default the frame's length replaces 0, and a length below that of the headers is
	 * malformed.
	 */
	readonly wrapsLengths?: boolean;
	/** Decodes only these packets. */
	readonly shard?: Shard;
}

/**
 * Decodes captured bytes, from the link layer to the payload, without an allocation and without trusting a length: on
 * the fast path if the packet is of the common kind, else layer by layer. Both have the same result for common packets.
 */
export class PacketDecoder {
	readonly #layers: LayerDecoder;
	readonly #opensUdp: boolean;
	readonly #shard: Shard | undefined;
	/** The last bytes decoded, and a view of them. */
	#bytes: Uint8Array = EMPTY;
	#view: DataView = new DataView(EMPTY.buffer);

	constructor({ decapsulate = false, wrapsLengths = false, shard }: DecoderOptions = {}) {
		this.#layers = new LayerDecoder(decapsulate, wrapsLengths);
		this.#opensUdp = decapsulate;
		this.#shard = shard;
	}

	/**
	 * Sets all fields of `packet` if the outcome is 0; else returns one of `OUTCOME`, and the fields of `packet` are
	 * undefined.
	 */
	decode(captured: CapturedPacket, packet: DecodedPacket): number {
		return this.#shard === undefined ? this.#decode(captured, packet) : this.#decodeOurs(captured, packet, this.#shard);
	}

	#decode(captured: CapturedPacket, packet: DecodedPacket): number {
		if (captured.linkType === LINK_TYPE.ETHERNET) {
			const view = this.#viewOf(captured.bytes);
			if (decodeCommon(view, captured.begin, captured.end, this.#opensUdp, packet)) return OUTCOME.DECODED;
		}
		return this.#layers.decode(captured, packet);
	}

	/** Most packets of other shards are recognised by their addresses alone. */
	#decodeOurs(captured: CapturedPacket, packet: DecodedPacket, shard: Shard): number {
		const isEthernet = captured.linkType === LINK_TYPE.ETHERNET;
		const place = isEthernet
			? placeOfCommon(this.#viewOf(captured.bytes), captured.begin, captured.end, this.#opensUdp)
			: -1;
		if (place < 0) return claim(shard, this.#layers.decode(captured, packet), packet);
		return hasPlace(shard, place) ? this.#decode(captured, packet) : OUTCOME.ELSEWHERE;
	}

	#viewOf(bytes: Uint8Array): DataView {
		if (bytes !== this.#bytes) {
			this.#bytes = bytes;
			this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
		}
		return this.#view;
	}
}

const EMPTY = new Uint8Array(0);
