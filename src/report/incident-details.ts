import type { Incident, PoolOfIncident, SignalOfIncident } from "../incident/incident.ts";
import { incidentWords, poolText, strongestFirst } from "../incident/words.ts";
import { SIGNAL_WORDS } from "./incident-columns.ts";
import { byteSize, counted } from "./quantities.ts";
import type { Style } from "./style.ts";
import { printable } from "./text-table.ts";
import { timestamp } from "./timestamp.ts";

/** Everything that is known of an incident, for a person: a sentence, then its facts, one a line, and each of its pools. */
export function incidentDetails(incident: Incident, style: Style): string {
	const { id, state, role, score, sequence, signals, inputs, allowedBy, pools, furtherPools } = incident;
	const lines = [
		style("bold", printable(incidentWords(incident))),
		fact("incident", `${id}, ${state}, ${role}, ${counted(sequence, "event")}`),
		fact("seen", span(Math.min(incident.opened, ...pools.map(({ firstSeen }) => firstSeen)), incident.lastSeen)),
		fact("confidence", `${incident.confidence}, score ${score.toFixed(3)}`),
		...(signals.length > 0 ? strongestFirst(signals).map(signalLine) : []),
		fact("traffic", traffic(incident)),
		fact("inputs", inputs.map(printable).join(", ")),
		...(allowedBy.length > 0 ? [fact("allowed by", allowedBy.join(", "))] : []),
		...pools.flatMap((pool) => poolLines(pool, style)),
		...(furtherPools > 0 ? [fact("further pools", String(furtherPools))] : []),
	];
	return `${lines.join("\n")}\n`;
}

function poolLines(pool: PoolOfIncident, style: Style): string[] {
	const { address, port, coin, protocol, software, walletPrefix, outcome } = pool;
	const what = [pool.pool, coin, protocol, software].filter((text) => text !== undefined).map(printable);
	return [
		`  ${style("bold", printable(poolText(pool)))}`,
		...(pool.serverName === undefined ? [] : [detail("address", `${address} port ${port}`)]),
		...(what.length > 0 ? [detail("speaks", what.join(", "))] : []),
		...(walletPrefix === undefined ? [] : [detail("wallet", `${printable(walletPrefix)}…`)]),
		...(outcome === "unknown" ? [] : [detail("outcome", outcome)]),
		detail("seen", span(pool.firstSeen, pool.lastSeen)),
		detail("traffic", `${traffic(pool)}, ${counted(pool.clientPorts, "client port")}`),
		...(pool.slicesJudged > 0 ? [detail("shape", shape(pool))] : []),
	];
}

/** The probability says nothing where payload decided and shape did not agree. */
function shape({ slicesAgreeing, slicesJudged, probability }: PoolOfIncident): string {
	const share = `mining in ${slicesAgreeing} of ${counted(slicesJudged, "time slice")}`;
	return slicesAgreeing > 0 && probability !== undefined ? `${share}, probability ${probability.toFixed(3)}` : share;
}

function signalLine({ signal, flows, mass, words }: SignalOfIncident): string {
	return `    ${SIGNAL_WORDS[signal].padEnd(13)} ${mass.toFixed(2)} in ${counted(flows, "flow")}: ${printable(words)}`;
}

function traffic({ flows, packets, bytesToPool, bytesToMiner }: Incident | PoolOfIncident): string {
	const amounts = [counted(flows, "flow"), counted(packets, "packet")];
	return `${amounts.join(", ")}, ${byteSize(bytesToPool)} to the pool, ${byteSize(bytesToMiner)} back`;
}

function span(from: number, to: number): string {
	return `${second(from)} to ${second(to)} UTC`;
}

function second(microseconds: number): string {
	return timestamp(microseconds).slice(0, 19).replace("T", " ");
}

function fact(name: string, text: string): string {
	return `  ${name.padEnd(12)} ${text}`;
}

function detail(name: string, text: string): string {
	return `    ${name.padEnd(10)} ${text}`;
}
