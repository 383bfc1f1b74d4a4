/** Bytes that are looked at of what may be text. */
const LONGEST_GLANCE = 64;

/**
 * Whether a direction's first bytes `begin … end`, with whatever may follow them, could be recognised by `recogniseMining`:
 * what decides whether more of them is worth keeping. Never no where it could; no for TLS, DNS, QUIC and most that is binary.
 */
export function mayBecomeMining(bytes: Uint8Array, begin: number, end: number): boolean {
	const first = bytes[begin]!;
	// Stratum V2 begins with its extension and message, both 0; a frame of a WebSocket with its opcode, text or binary.
	if (first === 0) return end - begin < 3 || (bytes[begin + 1] === 0 && bytes[begin + 2] === 0);
	if (first >= 0x80) return first === 0x81 || first === 0x82;
	// GET, POST, HTTP: behind them may stand any bytes.
	return first === 0x47 || first === 0x50 || first === 0x48 || mayBecomeJson(bytes, begin, end);
}

/** Nothing but text up to the first quote, brace or bracket; behind a backslash anything. */
function mayBecomeJson(bytes: Uint8Array, begin: number, end: number): boolean {
	const limit = Math.min(end, begin + LONGEST_GLANCE);
	for (let i = begin; i < limit; i++) {
		const byte = bytes[i]!;
		if (byte === 0x22 || byte === 0x7b || byte === 0x5b) return true;
		if (byte === 0x5c) i++;
		else if ((byte < 0x20 || byte > 0x7e) && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return false;
	}
	return true;
}
