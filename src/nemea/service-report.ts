import { CLIENT, INPUT, OUTPUT } from "./interface-counters.ts";

/** An interface as the service socket reports it. */
export interface ServedInterface {
	/** The letter of its type. */
	readonly type: string;
	/** Its name in the socket directory, its port, its path. */
	readonly id: string;
	/** Shared figures, by {@link INPUT} or {@link OUTPUT}. */
	readonly counters: Float64Array;
}

export interface ServedInterfaces {
	readonly inputs: readonly ServedInterface[];
	readonly outputs: readonly ServedInterface[];
}

/** The JSON with which a module answers the supervisor, key by key and blank by blank as the reference writes it. */
export function serviceReport({ inputs, outputs }: ServedInterfaces): string {
	return object([
		["in_cnt", inputs.length],
		["out_cnt", outputs.length],
		["in", `[${inputs.map(inputReport).join(", ")}]`],
		["out", `[${outputs.map(outputReport).join(", ")}]`],
	]);
}

function inputReport({ type, id, counters }: ServedInterface): string {
	return object([
		["ifc_state", counters[INPUT.CONNECTED]!],
		["ifc_id", JSON.stringify(id)],
		["ifc_type", type.charCodeAt(0)],
		["messages", counters[INPUT.MESSAGES]!],
		["buffers", counters[INPUT.CONTAINERS]!],
		["delay_last", 0],
		["delay_total", 0],
	]);
}

function outputReport({ type, id, counters }: ServedInterface): string {
	const clients = clientReports(counters);
	return object([
		["client_stats_arr", `[${[EXTENDED_INFO, ...clients].join(", ")}]`],
		["num_clients", clients.length],
		["autoflushes", counters[OUTPUT.AUTOFLUSHES]!],
		["ifc_type", type.charCodeAt(0)],
		["ifc_id", JSON.stringify(id)],
		// The reference never counts its sockets' containers here.
		["buffers", 0],
		["dropped-messages", counters[OUTPUT.DROPPED]!],
		["sent-messages", counters[OUTPUT.SENT]!],
	]);
}

function clientReports(counters: Float64Array): string[] {
	const reports: string[] = [];
	for (let at: number = OUTPUT.FIRST_CLIENT; at < counters.length; at += CLIENT.LENGTH) {
		const identity = counters[at + CLIENT.IDENTITY]!;
		if (identity === 0) continue;
		const sent = counters[at + CLIENT.MESSAGES]!;
		reports.push(clientReport(identity, counters[at + CLIENT.CONTAINERS]!, sent, counters[at + CLIENT.SKIPPED]!));
	}
	return reports;
}

/** Counts of a client are texts, as the reference has them. */
function clientReport(id: number | string, containers: number, messages: number, skipped: number): string {
	const percentage = skipped === 0 ? 0 : (skipped / (messages + skipped)) * 100;
	return object([
		["id", JSON.stringify(id)],
		["skipped_percentage", Number.isInteger(percentage) ? percentage.toFixed(1) : String(percentage)],
		["sent_containers", `"${containers}"`],
		["sent_messages", `"${messages}"`],
		["skipped_messages", `"${skipped}"`],
	]);
}

/** The reference puts this before the clients, always the same. */
const EXTENDED_INFO = clientReport("extended_input_interface_info", 0, 0, 0);

function object(entries: readonly (readonly [key: string, json: string | number])[]): string {
	return `{${entries.map(([key, json]) => `"${key}": ${json}`).join(", ")}}`;
}
