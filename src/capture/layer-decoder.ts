import type { CapturedPacket } from "./captured-packet.ts";
import type { DecodedPacket } from "./decoded-packet.ts";
import { LAYER, LayerWalk } from "./layer.ts";
import { readEthernet, readLink, readMpls, readPpp, readPppoe, readTrill } from "./link-layer.ts";
import { readIPv4, readIPv6 } from "./network-layer.ts";
import { OUTCOME } from "./outcome.ts";
import { readOther, readTcp, readUdp } from "./transport-layer.ts";
import {
	readGeneve,
	readGre,
	readGtp,
	readMplsInUdp,
	readTeredo,
	readTzsp,
	readVxlan,
	readVxlanGpe,
} from "./tunnel-layer.ts";

/** Most headers in one packet; real ones have fewer than ten. */
const MAXIMUM_LAYERS = 32;

/** Decodes any captured bytes, layer by layer, from the link layer to the payload, without trusting a length. */
export class LayerDecoder {
	readonly #walk = new LayerWalk();

	/** Both as in `DecoderOptions`. */
	constructor(decapsulate: boolean, wrapsLengths = false) {
		this.#walk.decapsulate = decapsulate;
		this.#walk.wrapsLengths = wrapsLengths;
	}

	/**
	 * Sets all fields of `packet` if the outcome is 0; else returns one of `OUTCOME`, and the fields of `packet` are
	 * undefined.
	 */
	decode(captured: CapturedPacket, packet: DecodedPacket): number {
		const walk = this.#walk;
		walk.bytes = captured.bytes;
		walk.frame = walk.at = captured.begin;
		walk.end = captured.end;
		walk.wireEnd = Math.max(captured.end, captured.begin + captured.wireLength);
		packet.vlan = 0;
		let layer = readLink(walk, captured.linkType);
		for (let depth = 0; layer > 0; depth++) {
			if (depth === MAXIMUM_LAYERS) return OUTCOME.TOO_DEEP;
			layer = readLayer(layer, walk, packet);
		}
		return layer;
	}
}

function readLayer(layer: number, walk: LayerWalk, packet: DecodedPacket): number {
	switch (layer) {
		case LAYER.ETHERNET:
			return readEthernet(walk, packet);
		case LAYER.IPV4:
			return readIPv4(walk, packet);
		case LAYER.IPV6:
			return readIPv6(walk, packet);
		case LAYER.TCP:
			return readTcp(walk, packet);
		case LAYER.UDP:
			return readUdp(walk, packet);
		case LAYER.OTHER:
			return readOther(walk, packet);
		case LAYER.IP:
			return readIp(walk);
		case LAYER.MPLS:
			return readMpls(walk);
		case LAYER.PPPOE:
			return readPppoe(walk);
		case LAYER.PPP:
			return readPpp(walk);
		case LAYER.TRILL:
			return readTrill(walk);
		case LAYER.GRE:
			return readGre(walk);
		case LAYER.VXLAN:
			return readVxlan(walk, packet);
		case LAYER.GTP:
			return readGtp(walk, packet);
		case LAYER.TEREDO:
			return readTeredo(walk, packet);
		case LAYER.GENEVE:
			return readGeneve(walk, packet);
		case LAYER.VXLAN_GPE:
			return readVxlanGpe(walk, packet);
		case LAYER.TZSP:
			return readTzsp(walk, packet);
		case LAYER.MPLS_UDP:
			return readMplsInUdp(walk, packet);
		default:
			return OUTCOME.TUNNEL_PAYLOAD;
	}
}

/** Links without a header of their own: the packet's first nibble decides. */
function readIp({ bytes, at, end }: LayerWalk): number {
	if (at >= end) return OUTCOME.LINK_CUT;
	const version = bytes[at]! >> 4;
	if (version === 4) return LAYER.IPV4;
	return version === 6 ? LAYER.IPV6 : OUTCOME.IP_VERSION;
}
