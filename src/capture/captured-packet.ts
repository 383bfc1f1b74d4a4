/** One packet of a capture. A reader reuses the same object for each packet; nothing is copied. */
export class CapturedPacket {
	/** The captured bytes are `bytes[begin … end)`, valid until the reader moves to the next chunk. */
	bytes: Uint8Array = EMPTY;
	begin = 0;
	end = 0;
	/** Length on the wire; a snap length may have truncated the captured bytes. */
	wireLength = 0;
	/** Whole microseconds since the epoch; nanoseconds are truncated. */
	time = 0.5;
	/** LINKTYPE of tcpdump.org's registry. */
	linkType = 0;

	constructor() {
		// Initialised with a fraction and then reset, so that V8 keeps `time` as an unboxed double from the first packet.
		this.time = 0;
	}
}

const EMPTY = new Uint8Array(0);
