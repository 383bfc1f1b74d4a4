import { type JsonObject, jsonObjectOf, listIn, textIn, timeOf } from "./json-record.ts";
import type { LogReader, LogTarget } from "./log-reader.ts";

/** Queries of the Route 53 resolver ("Values that appear in Resolver query logs"), one JSON object a line: names, no flows. */
export class Route53LogReader implements LogReader {
	read(line: Uint8Array, { counters, learn }: LogTarget): void {
		const query = jsonObjectOf(line, counters);
		const client = query && textIn(query, "srcaddr");
		const name = query && textIn(query, "query_name")?.replace(/\.$/, "");
		if (query === undefined || client === undefined || name === undefined) return;
		const time = timeOf(textIn(query, "query_timestamp"));
		let isAnswered = false;
		for (const answer of listIn(query, "answers") as readonly JsonObject[]) {
			if (typeof answer !== "object" || answer === null) continue;
			const address = textIn(answer, "Rdata");
			if ((answer.Type !== "A" && answer.Type !== "AAAA") || address === undefined) continue;
			isAnswered = true;
			learn({ time, client, name, address });
		}
		if (!isAnswered) learn({ time, client, name });
	}
}
