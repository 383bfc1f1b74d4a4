/** The position of a packet among the fragments of its datagram. */
export const FRAGMENT = { NONE: 0, FIRST: 1, LATER: 2 } as const;

/**
 * The decoder's result for one packet: the innermost IP header and the transport header. One object, reused for each
 * packet; all fields are small integers, so that V8 keeps them unboxed.
 */
export class DecodedPacket {
	/** 4 or 6. */
	version = 0;
	/** IP protocol number of the payload after the extension headers. */
	protocol = 0;
	/** VLAN identifier of the outermost tag, 0 for none. */
	vlan = 0;
	/** Addresses as words in network order (signed); IPv4 has its address in the first, the others 0. */
	source0 = 0;
	source1 = 0;
	source2 = 0;
	source3 = 0;
	destination0 = 0;
	destination1 = 0;
	destination2 = 0;
	destination3 = 0;
	/** 0 for everything but TCP and UDP, and for fragments but the first. */
	sourcePort = 0;
	destinationPort = 0;
	/** All 8 bits of the TCP flags; 0 for everything else. */
	tcpFlags = 0;
	/** TCP sequence number, signed. */
	tcpSequence = 0;
	/** Total length of the IP packet by its header. */
	ipLength = 0;
	/** Bytes of payload on the wire, by the headers. */
	payloadLength = 0;
	/** The captured payload, as indices into the packet's bytes. */
	payloadBegin = 0;
	payloadEnd = 0;
	/** One of {@link FRAGMENT}. */
	fragment = 0;
	/** Identification of the datagram, signed 32 bits (IPv4 uses 16). */
	fragmentId = 0;
}
