/** A file that must be refused: its text, where the fault is, and what the message must say. */
export interface WrongConfiguration {
	readonly text: string;
	readonly line: number;
	readonly column: number;
	readonly says: RegExp;
	/** A fault that a JSON Schema cannot express, or YAML itself. */
	readonly isBeyondSchema?: true;
}

const wrong = (text: string, line: number, column: number, says: RegExp): WrongConfiguration => ({
	text,
	line,
	column,
	says,
});
const beyond = (text: string, line: number, column: number, says: RegExp): WrongConfiguration => ({
	...wrong(text, line, column, says),
	isBeyondSchema: true,
});

export const WRONG_CONFIGURATIONS: readonly WrongConfiguration[] = [
	// Keys.
	wrong("imputs: []", 1, 1, /unknown key "imputs"; did you mean "inputs"\?/),
	wrong(
		"inputs: [{ follow: a, listen: ipfix+udp://0.0.0.0:4739 }]",
		1,
		12,
		/unknown key "follow" beside the other keys here/,
	),
	wrong("receivrs: []\n", 1, 1, /did you mean "receivers"\?/),
	wrong("\n\nmetircs: {}", 3, 1, /did you mean "metrics"\?/),
	wrong("xyzzy: 1", 1, 1, /unknown key "xyzzy"; the keys here are inputs, threads/),
	wrong("log:\n  levle: info", 2, 3, /unknown key "levle"; did you mean "level"\?/),
	wrong("store:\n  keep: 90d\n  sise: 2GiB", 3, 3, /did you mean "size"\?/),
	wrong("incidents: { close_afte: 1h }", 1, 14, /did you mean "close_after"\?/),
	wrong("detection:\n  modell: default", 2, 3, /did you mean "model"\?/),
	wrong("networks:\n  our: []", 2, 3, /did you mean "ours"\?/),
	wrong("metering: { active-timeout: 5m }", 1, 13, /did you mean "active_timeout"\?/),
	wrong("web:\n  lisen: 127.0.0.1:8470", 2, 3, /did you mean "listen"\?/),
	wrong("shutdown: { drian: 5s }", 1, 13, /did you mean "drain"\?/),
	wrong("control: { sockt: /run/x }", 1, 12, /did you mean "socket"\?/),
	wrong("probes: { modes: ask }", 1, 11, /did you mean "mode"\?/),
	// Types.
	wrong("probes: { mode: sometimes }", 1, 17, /expected never or ask or automatic/),
	beyond("probes: { mode: ask }", 1, 17, /probes need a contact/),
	wrong("probes: { contact: a b }", 1, 20, /expected a mail address or URL/),
	beyond('probes: { deny: ["10.0.0.0/99"] }', 1, 18, /is no host, address or network/),
	wrong("inputs: 3", 1, 9, /inputs: expected array, found 3/),
	wrong("inputs: eth0", 1, 9, /expected array, found "eth0"/),
	wrong("inputs: { live: eth0 }", 1, 9, /expected array, found a map/),
	wrong("- live: eth0", 1, 1, /expected object, found a list/),
	wrong("just text", 1, 1, /expected object, found "just text"/),
	wrong("threads: two", 1, 10, /threads: expected number, found "two"/),
	wrong("threads: 0", 1, 10, /threads: /),
	wrong("threads: 1.5", 1, 10, /threads: expected int, found 1.5/),
	wrong("threads: 1000", 1, 10, /threads: /),
	wrong("log: info", 1, 6, /log: expected object, found "info"/),
	wrong("log: { level: loud }", 1, 15, /expected debug or info or warning or error, found "loud"/),
	wrong("log: { level: warnin }", 1, 15, /did you mean "warning"\?/),
	wrong("log: { format: xml }", 1, 16, /expected text or json, found "xml"/),
	wrong("detection: { pools: /etc/pools.csv }", 1, 21, /expected array, found "\/etc\/pools.csv"/),
	wrong("detection: { pools: [''] }", 1, 22, /detection.pools\[0\]: /),
	wrong("detection: { pools_decide: maybe }", 1, 28, /expected boolean, found "maybe"/),
	wrong("detection: { conversations: 1 }", 1, 29, /expected boolean, found 1/),
	wrong("detection: { shape_threshold: 2 }", 1, 31, /expected a probability from 0 to 1/),
	wrong("detection: { name_threshold: -0.1 }", 1, 30, /expected a probability from 0 to 1/),
	wrong("detection: { model: '' }", 1, 21, /detection.model: /),
	wrong("allowlist_files: /etc/allow.yaml", 1, 18, /expected array, found "\/etc\/allow.yaml"/),
	// Durations and sizes.
	wrong("incidents: { close_after: 60 }", 1, 27, /expected string, found 60/),
	wrong("incidents: { close_after: 1 hour }", 1, 27, /expected a duration such as 30s, 15m, 1h or 7d, found "1 hour"/),
	wrong("incidents: { lateness: -5m }", 1, 24, /expected a duration/),
	wrong("incidents: { most_open: 0 }", 1, 25, /incidents.most_open: /),
	wrong("store: { keep: 3 months }", 1, 16, /expected a duration/),
	wrong("store: { size: 2 giga }", 1, 16, /expected a size such as 64KiB or 100MiB, found "2 giga"/),
	wrong("shutdown: { drain: soon }", 1, 20, /expected a duration/),
	wrong("metering: { payload_bytes: 1e9 }", 1, 28, /metering.payload_bytes: /),
	// Inputs.
	wrong("inputs:\n  - live: eth0\n    bfp: tcp", 3, 5, /unknown key "bfp"; did you mean "bpf"\?/),
	wrong("inputs:\n  - live: eth0 eth1", 2, 11, /expected the name of a network interface/),
	wrong("inputs:\n  - { folow: /var/spool }", 2, 7, /unknown key "folow"; did you mean "follow"\?/),
	wrong("inputs:\n  - listen: ipfix+upd://0.0.0.0:4739", 2, 13, /did you mean "ipfix\+udp"\?/),
	wrong("inputs:\n  - listen: 0.0.0.0:4739", 2, 13, /expected ADDRESS:\/\/HOST:PORT/),
	beyond("inputs:\n  - listen: ipfix+udp://0.0.0.0:99999", 2, 13, /expected ADDRESS:\/\/HOST:PORT/),
	beyond("inputs:\n  - listen: ipfix+tls://0.0.0.0:4740", 2, 13, /tls: certificate and key are missing/),
	wrong("inputs:\n  - nemea: flow_data_source", 2, 12, /expected u:NAME or t:HOST:PORT, found "flow_data_source"/),
	beyond("inputs:\n  - listen: sflow+udp://[::]:6343\n    exporters: [campus]", 3, 17, /"campus" is no network/),
	wrong("inputs:\n  - listen: sflow+udp://[::]:6343\n    exporters: []", 3, 16, /exporters: /),
	wrong("inputs:\n  - listen: sflow+udp://[::]:6343\n    exporter: []", 3, 5, /did you mean "exporters"\?/),
	wrong("inputs:\n  - live: eth0\n    exporters: [10.0.0.0/8]", 3, 5, /unknown key "exporters"/),
	wrong("inputs:\n  - eve: /run/eve.sock", 2, 10, /expected eve\+unix:\/\/\/PATH, found "\/run\/eve.sock"/),
	wrong("inputs:\n  - redis: 127.0.0.1/suricata", 2, 12, /expected redis:\/\/HOST:PORT\/KEY/),
	beyond("inputs:\n  - redis: redis://127.0.0.1", 2, 12, /write redis:\/\/HOST:PORT\/KEY/),
	beyond("inputs:\n  - redis: redis://:secret@127.0.0.1/a", 2, 12, /passwords come from password: /),
	wrong("inputs:\n  - redis: redis://127.0.0.1/a\n    password: secret", 3, 15, /password: /),
	wrong("inputs:\n  - bus: bus-1/flows", 2, 10, /expected nats:\/\/HOST,HOST\/flows, found "bus-1\/flows"/),
	beyond("inputs:\n  - live: eth0\n  - live: eth0", 3, 5, /the input live:eth0 is there twice/),
	wrong("inputs:\n  - {}", 2, 5, /inputs\[0\]/),
	// Networks and addresses.
	beyond("networks:\n  ours: [10.1.2.3/8]", 2, 10, /"10.1.2.3\/8" is no network; write for example 10.0.0.0\/8/),
	beyond("networks:\n  ours:\n    - campus", 3, 7, /"campus" is no network/),
	beyond("networks: { names: { 10.0.0.0/33: far } }", 1, 35, /"10.0.0.0\/33" is no network/),
	wrong("metrics: { listen: 9470 }", 1, 20, /expected string, found 9470/),
	wrong("metrics: { listen: somewhere }", 1, 20, /expected an address and port such as 127.0.0.1:9470, or off/),
	// Receivers and allowlist.
	wrong("receivers:\n  - { name: a b, stdout: true }", 2, 13, /expected 1 to 64 letters/),
	beyond("receivers:\n  - { name: a, stdout: true }\n  - { name: a, stdout: true }", 3, 13, /"a" is there twice/),
	wrong("receivers:\n  - { name: soc, sylog: tls://a:6514 }", 2, 18, /unknown key "sylog"; did you mean "syslog"\?/),
	wrong("receivers:\n  - { name: x, stdout: true, format: ceff }", 2, 38, /did you mean "cef"\?/),
	wrong("allowlist:\n  - { reason: x, ownr: y, hosts: [10.0.0.1] }", 2, 18, /did you mean "owner"\?/),
	beyond("allowlist:\n  - { reason: x, owner: y }", 2, 5, /if that is meant, write "everything: true"/),
	beyond("allowlist:\n  - { reason: x, owner: y, hosts: [10.0.0.300] }", 2, 36, /expected a network/),
	// YAML.
	beyond("inputs: [", 1, 10, /./),
	beyond("a: b: c", 1, 4, /./),
	beyond("log: {}\nlog: {}", 2, 1, /unique/),
	beyond("\tlog: {}", 1, 1, /./),
];
