const VERSION = 1;

/** Named sections as one run of bytes: a line of JSON with their lengths, then the sections. */
export function joinSections(sections: Readonly<Record<string, Uint8Array | undefined>>): Uint8Array {
	const present = Object.entries(sections).filter((entry): entry is [string, Uint8Array] => entry[1] !== undefined);
	const lengths = present.map(([name, bytes]): [string, number] => [name, bytes.length]);
	const head = Buffer.from(`${JSON.stringify({ version: VERSION, lengths })}\n`);
	return Buffer.concat([head, ...present.map(([, bytes]) => bytes)]);
}

/** The sections by name; undefined where the bytes are not what {@link joinSections} made. */
export function splitSections(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> | undefined {
	const lengths = lengthsOf(bytes);
	if (lengths === undefined) return undefined;
	const sections = new Map<string, Uint8Array>();
	let at = bytes.indexOf(10) + 1;
	for (const [name, length] of lengths) {
		sections.set(name, bytes.subarray(at, at + length));
		at += length;
	}
	return at === bytes.length ? sections : undefined;
}

function lengthsOf(bytes: Uint8Array): [string, number][] | undefined {
	try {
		const head: unknown = JSON.parse(Buffer.from(bytes.subarray(0, bytes.indexOf(10))).toString());
		const { version, lengths } = head as { version?: unknown; lengths?: unknown };
		if (version !== VERSION || !Array.isArray(lengths)) return undefined;
		const isSound = lengths.every(
			(each) => Array.isArray(each) && typeof each[0] === "string" && Number.isSafeInteger(each[1]) && each[1] >= 0,
		);
		return isSound ? lengths : undefined;
	} catch {
		return undefined;
	}
}
