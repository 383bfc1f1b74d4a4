import type { LogKind } from "./log-reader.ts";

/** Bytes of a file that tell what kind of log it is. */
export const LOG_HEAD = 8192;

/** The logs that are read, in the order in which they are tried. */
export const LOG_KINDS: readonly LogKind[] = [
	{
		name: "Zeek log",
		recognises: (head) => textOf(head).startsWith("#separator "),
		createReader: async () => new (await import("./zeek-tsv.ts")).ZeekTsvReader(),
	},
	{
		name: "Suricata EVE log",
		recognises: (head) => isJson(head) && /"event_type"\s*:/.test(textOf(head)),
		createReader: async () => new (await import("./eve.ts")).EveReader(),
	},
	{
		name: "Zeek log (JSON)",
		recognises: (head) =>
			isJson(head) && /"(uid|_path)"\s*:/.test(textOf(head)) && /"id\.orig_h"\s*:/.test(textOf(head)),
		createReader: async () => new (await import("./zeek-json.ts")).ZeekJsonReader(),
	},
	{
		name: "Azure flow log",
		recognises: (head) =>
			isJson(head) && /NetworkSecurityGroupFlowEvent|FlowLogFlowEvent|"flowTuples"/.test(textOf(head)),
		createReader: async () => new (await import("./azure-flow-log.ts")).AzureFlowLogReader(),
	},
	{
		name: "Route 53 resolver log",
		recognises: (head) => isJson(head) && /"query_name"\s*:/.test(textOf(head)) && /"srcaddr"\s*:/.test(textOf(head)),
		createReader: async () => new (await import("./route53-log.ts")).Route53LogReader(),
	},
	{
		name: "Google Cloud flow log",
		recognises: (head) => isJson(head) && /"connection"\s*:/.test(textOf(head)) && /"src_ip"\s*:/.test(textOf(head)),
		createReader: async () => new (await import("./gcp-flow-log.ts")).GcpFlowLogReader(),
		isUnidirectional: true,
	},
	{
		name: "AWS VPC flow log",
		recognises: (head) => isAwsHeader(firstLine(head)) || AWS_RECORD.test(firstLine(head)),
		createReader: async () => new (await import("./aws-flow-log.ts")).AwsFlowLogReader(),
		isUnidirectional: true,
	},
];

/** Version, account, network interface, and then what there is: the default record of version 2. */
const AWS_RECORD = /^\d+ \d{12} eni-[0-9a-f]+ /;

function isAwsHeader(line: string): boolean {
	const fields = line.split(/[ ,]/);
	return fields.includes("srcaddr") && fields.includes("dstaddr") && fields.includes("protocol");
}

function isJson(head: Uint8Array): boolean {
	return /^\uFEFF?\s*\{/.test(textOf(head.subarray(0, 64)));
}

function firstLine(head: Uint8Array): string {
	return textOf(head).split("\n", 1)[0]!.trim();
}

const utf8 = new TextDecoder();

function textOf(head: Uint8Array): string {
	return utf8.decode(head);
}

/** The kind of log that begins with these bytes. */
export function logKindOf(head: Uint8Array): LogKind | undefined {
	return LOG_KINDS.find(({ recognises }) => recognises(head));
}
