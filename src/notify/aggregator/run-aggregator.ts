import { countMalformed } from "../../bytes/counters.ts";
import type { RecordInput, RecordOutput } from "../../nemea/index.ts";
import type { Aggregator } from "./aggregator.ts";
import { ALERT_TEMPLATE, type AlertRecord, encodeAlert } from "./alert-record.ts";
import { MinerFlowReader } from "./miner-flow.ts";

/** Miner flows in, alerts out, until the input ends or is stopped; then what is left goes out too. */
export async function runAggregator(input: RecordInput, output: RecordOutput, aggregator: Aggregator): Promise<void> {
	await output.begin(ALERT_TEMPLATE);
	let reader: MinerFlowReader | undefined;
	for await (const batch of input) {
		if (reader?.template !== batch.template) reader = new MinerFlowReader(batch.template);
		for (let i = 0; i < batch.length; i++) {
			const flow = reader.read(batch, i);
			if (flow === "malformed") countMalformed(input.counters, "record: shorter than its fields");
			else if (flow) await sendAlerts(output, aggregator.add(flow));
		}
	}
	await sendAlerts(output, aggregator.finish());
	await output.flush();
}

async function sendAlerts(output: RecordOutput, alerts: readonly AlertRecord[]): Promise<void> {
	for (const alert of alerts) {
		const bytes = encodeAlert(alert);
		await output.send(bytes, 0, bytes.length);
	}
}
