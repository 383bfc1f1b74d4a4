import { addressText } from "../../flow/address.ts";
import { rfc3339 } from "../event-time.ts";
import { ideaAddress, ideaNodeName } from "../formats/idea.ts";
import { jsonLine } from "../formats/json-line.ts";
import type { Sender } from "../notification-format.ts";
import { stableUuid } from "../stable-uuid.ts";
import { type AlertRecord, detectionSource, unirecMicroseconds } from "./alert-record.ts";

/** What the reporter writes about one alert. */
export interface IdeaReport {
	/** Depends on the alert only: reading the same alerts twice gives the same ids. */
	readonly id: string;
	readonly text: string;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** An alert of the aggregator as an IDEA0 event of category `Suspicious.Miner`. */
export function ideaReport(alert: AlertRecord, recordBytes: Uint8Array, { sensor, version, now }: Sender): IdeaReport {
	const source = addressText(alert.source, 0);
	const destination = addressText(alert.destination, 0);
	const name = decoder.decode(alert.serverName);
	const id = stableUuid(`alert ${Buffer.from(recordBytes).toString("latin1")}`);
	const time = (unirec: bigint): string => rfc3339(unirecMicroseconds(unirec));
	const event = {
		Format: "IDEA0",
		ID: id,
		CreateTime: rfc3339(now() * 1000),
		DetectTime: time(alert.detectTime),
		EventTime: time(alert.eventTime),
		CeaseTime: time(alert.ceaseTime),
		WinStartTime: time(alert.windowStart),
		WinEndTime: time(alert.windowEnd),
		Category: ["Suspicious.Miner"],
		FlowCount: Number(alert.flows),
		PacketCount: Number(alert.packets),
		ByteCount: Number(alert.bytes),
		Description: `${source} mines cryptocurrency, by ${detectionSource(alert)}`,
		Note: noteOf(alert, name),
		Source: [{ ...ideaAddress(source), Port: [alert.sourcePort], Proto: ["tcp"] }],
		Target: [
			{
				...ideaAddress(destination),
				Port: [alert.destinationPort],
				Proto: ["tcp"],
				...(name !== "" && { Hostname: [name] }),
			},
		],
		Node: [{ Name: ideaNodeName(sensor), SW: ["decrypto", version], Type: ["Flow", "Statistical", "Signature"] }],
	};
	return { id, text: jsonLine(event) };
}

function noteOf({ stratum, dst, ml, rotated }: AlertRecord, name: string): string {
	const counts = [
		[stratum, "Stratum"],
		[dst, "server name and forest"],
		[ml, "forest"],
	] as const;
	const evidence = counts.flatMap(([flows, words]) => (flows > 0 ? [`${words}: ${flows} flows`] : []));
	if (name !== "") evidence.push(`server name ${name}`);
	if (rotated) evidence.push("source and destination swapped");
	return evidence.join("; ");
}
