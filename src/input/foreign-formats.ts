/** A file format that is not read here: what it is called, how it begins, and what its owner can do. */
interface ForeignFormat {
	readonly name: string;
	readonly advice: string;
	matches(head: Uint8Array): boolean;
}

const begins =
	(...bytes: number[]) =>
	(head: Uint8Array): boolean =>
		bytes.every((byte, k) => head[k] === byte);

const beginsWithText =
	(pattern: RegExp) =>
	(head: Uint8Array): boolean =>
		pattern.test(Buffer.from(head.subarray(0, 4096)).toString("latin1"));

/** Sources: the formats' own specifications, and the magic numbers of file(1). */
const FOREIGN_FORMATS: readonly ForeignFormat[] = [
	{ name: "bzip2", matches: beginsWithText(/^BZh[1-9]/), advice: "unpack it: bzip2 -dc FILE | decrypto detect -" },
	{
		name: "xz",
		matches: begins(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0),
		advice: "unpack it: xz -dc FILE | decrypto detect -",
	},
	{ name: "LZ4", matches: begins(0x04, 0x22, 0x4d, 0x18), advice: "unpack it: lz4 -dc FILE | decrypto detect -" },
	{ name: "a ZIP archive", matches: begins(0x50, 0x4b, 3, 4), advice: "unpack it first: unzip FILE" },
	{
		name: "a 7-Zip archive",
		matches: begins(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c),
		advice: "unpack it first: 7z x FILE",
	},
	{
		name: "a tar archive",
		matches: (head) => Buffer.from(head.subarray(257, 262)).toString("latin1") === "ustar",
		advice: "unpack it first: tar -xf FILE, then name its folder",
	},
	{
		name: "a snoop capture",
		matches: beginsWithText(/^snoop\0/),
		advice: "convert it: editcap -F pcap FILE out.pcap (Wireshark)",
	},
	{
		name: "a Microsoft Network Monitor capture",
		matches: beginsWithText(/^(GMBU|RTSS)/),
		advice: "convert it: editcap -F pcap FILE out.pcap (Wireshark)",
	},
	{
		name: "an ERF capture (Endace)",
		matches: isErf,
		advice: "convert it: editcap -F pcap FILE out.pcap (Wireshark)",
	},
	{
		name: "an nfdump file",
		matches: (head) => begins(0x0c, 0xa5)(head) || begins(0xa5, 0x0c)(head),
		advice:
			"send it as NetFlow: nfreplay -r FILE -H 127.0.0.1 -p 9995, to decrypto detect netflow+udp://127.0.0.1:9995",
	},
	{
		name: "CSV of nfdump",
		matches: beginsWithText(/^(ts,te,td,sa,da,sp,dp|Date first seen,|firstSeen,duration,proto)/),
		advice: "use the nfdump file itself, or rename its columns as docs/flow-files.md says",
	},
	{
		name: "CSV of CICFlowMeter",
		matches: beginsWithText(
			/^(\ufeff)?"?(Flow ID|flow_id|Src IP|src_ip)"?,.*(Tot Fwd Pkts|Total Fwd Packets|tot_fwd_pkts)/i,
		),
		advice: "it has no packet lists and no payload; detect from the capture that it was made of",
	},
	{
		name: "an HTML page",
		matches: beginsWithText(/^\s*<(!doctype html|html)/i),
		advice: "the download gave a page instead of the file",
	},
];

/** ERF's first record: a record type that is in use, and a length that its header and packet fit (Endace, "ERF types"). */
function isErf(head: Uint8Array): boolean {
	if (head.length < 24) return false;
	const type = head[8]! & 0x7f;
	const recordLength = (head[10]! << 8) | head[11]!;
	const wireLength = (head[14]! << 8) | head[15]!;
	return (
		type >= 1 &&
		type <= 29 &&
		recordLength >= 24 &&
		wireLength > 0 &&
		wireLength <= recordLength + 65535 - 24 &&
		isEthernetErf(head, type)
	);
}

/** Only records of Ethernet (type 2) whose frame carries IP are recognised: eight bytes alone prove little. */
function isEthernetErf(head: Uint8Array, type: number): boolean {
	const etherType = (head[30]! << 8) | head[31]!;
	return type === 2 && (etherType === 0x0800 || etherType === 0x86dd || etherType === 0x8100 || etherType === 0x0806);
}

/** What the file is and what to do, as one sentence; undefined where it is not told. */
export function foreignFormatHint(head: Uint8Array): string | undefined {
	const format = FOREIGN_FORMATS.find(({ matches }) => matches(head));
	return format && `this is ${format.name}; ${format.advice}`;
}
