/** One packet as a capture holds it. A reader fills the same object again and again; nothing is copied. */
export class CapturedPacket {
	/** The captured bytes are `bytes[begin … end)`, valid until the reader moves on. */
	bytes: Uint8Array = EMPTY;
	begin = 0;
	end = 0;
	/** Length on the wire, which a snap length may have cut. */
	wireLength = 0;
	/** Whole microseconds since the epoch; nanoseconds are cut. */
	time = 0.5;
	/** LINKTYPE of tcpdump.org's registry. */
	linkType = 0;

	constructor() {
		// Begun with a fraction and then reset, so that V8 keeps `time` as an unboxed double from the first packet on.
		this.time = 0;
	}
}

const EMPTY = new Uint8Array(0);
