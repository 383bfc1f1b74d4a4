import { type ConversationRow, ConversationRows } from "./conversation-rows.ts";
import { wrapped } from "./fitted-table.ts";
import { byteSize, counted, grouped } from "./quantities.ts";
import { runFigures, runRemarks } from "./run-summary.ts";
import { type Style, styleFor } from "./style.ts";
import type { TextOutput } from "./text-output.ts";
import { printable, type TableColumn, textTable } from "./text-table.ts";
import { timestamp } from "./timestamp.ts";
import type { Totals } from "./totals.ts";
import { type VerdictSink, verdictSink } from "./verdict-sink.ts";

export interface TableOptions {
	/** Columns of the terminal. */
	readonly width: number;
	readonly colour: boolean;
	/** Print a line for each conversation when it is first found, for live sources. */
	readonly announce: boolean;
	/** Text below the totals, built when they are known: a hint, the metrics of verify mode. */
	readonly footer?: (totals: Totals) => string;
}

const COLUMNS: readonly TableColumn[] = [
	{ heading: "first seen (UTC)" },
	{ heading: "miner" },
	{ heading: "pool" },
	{ heading: "server name" },
	{ heading: "protocol" },
	{ heading: "coin" },
	{ heading: "software" },
	{ heading: "found by" },
	{ heading: "prob.", align: "right" },
	{ heading: "flows", align: "right" },
	{ heading: "packets", align: "right" },
	{ heading: "bytes", align: "right" },
];

/** A table of the mining conversations and a line of totals below it, for people at a terminal. */
export function tableSink(output: TextOutput, options: TableOptions): VerdictSink {
	const conversations = new ConversationRows();
	const style = styleFor(options.colour);
	return verdictSink(output.name, {
		tellsTotals: true,
		async write(batch) {
			for (const i of batch.reported) {
				if (batch.verdicts.reasons[i] === 0) continue;
				const added = conversations.add(batch.flows, i, batch.explain(i));
				if (options.announce && added?.isNew) await output.write(`${announcement(added.row, style)}\n`);
			}
			if (options.announce) await output.flush();
		},
		async close(totals) {
			const rows = conversations.rows();
			if (rows.length > 0) {
				if (options.announce) await output.write("\n");
				const cells = rows.map((row) => rowCells(row, style));
				await output.write(`${textTable(COLUMNS, cells, options.width, (text) => style("dim", text))}\n\n`);
				if (conversations.overflow > 0)
					await output.write(`… and ${counted(conversations.overflow, "flow")} of further conversations\n\n`);
			}
			await output.write(`${style("bold", headline(totals, rows.length))}\n`);
			await output.write(`${wrapped(runFigures(totals), " · ", options.width)}\n`);
			for (const line of runRemarks(totals))
				await output.write(`${style("yellow", wrapped(line.split(" "), " ", options.width))}\n`);
			if (options.footer) await output.write(options.footer(totals));
			await output.close();
		},
		abandon: () => output.abandon(),
	});
}

function rowCells(row: ConversationRow, style: Style): string[] {
	return [
		timestamp(row.firstSeen).slice(0, 19).replace("T", " "),
		style("red", endpoint(row.minerAddress, row.minerPort)),
		endpoint(row.poolAddress, row.poolPort),
		printable(row.serverName),
		row.protocol,
		printable(row.coin),
		printable(row.software),
		[...row.signals].join(", "),
		probability(row),
		grouped(row.flows),
		grouped(row.packets),
		byteSize(row.bytes),
	];
}

/** Omitted if payload decided and shape did not agree: a low probability would suggest doubt. */
function probability({ probability, signals }: ConversationRow): string {
	if (Number.isNaN(probability) || (signals.has("payload") && !signals.has("shape"))) return "";
	return probability.toFixed(3);
}

function announcement(row: ConversationRow, style: Style): string {
	const [seen, miner, pool, serverName, protocol, coin, , signals] = rowCells(row, style);
	const what = [protocol, coin].filter((text) => text !== "").join(", ");
	const name = serverName ? ` (${serverName})` : "";
	return `${seen}  ${miner} mines at ${pool}${name}${what ? `: ${what}` : ""}; found by ${signals}`;
}

function endpoint(address: string, port: number): string {
	return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function headline(totals: Totals, conversations: number): string {
	if (totals.miner_flows === 0) return "No miner found.";
	return `${counted(totals.mining_hosts, "host mines", "hosts mine")}, in ${counted(conversations, "conversation")}.`;
}
