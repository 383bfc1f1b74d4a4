import { UsageError } from "../bytes/error.ts";
import { textAt } from "../flow/flow.ts";
import type { FlowColumns } from "../flow/flow-columns.ts";

/**
 * The columns of every flow that can be counted by; any other name is an additional column of the flow file, such as
 * SOURCE.
 */
const NUMBERS: Readonly<Record<string, (flows: FlowColumns) => ArrayLike<number>>> = {
	SRC_PORT: (flows) => flows.sourcePort,
	DST_PORT: (flows) => flows.destinationPort,
	PROTOCOL: (flows) => flows.protocol,
};

/**
 * The value of a column for each flow of a batch, as text. Throws a `UsageError` if the flows do not have the column.
 */
export function groupValue(flows: FlowColumns, column: string): (i: number) => string {
	const numbers = NUMBERS[column]?.(flows);
	if (numbers) return (i) => String(numbers[i]);
	const { serverName, extras } = flows;
	const text = column === "TLS_SNI" ? serverName : column === "LABEL" ? extras.label : extras.attributes?.[column];
	if (text) return (i) => textAt(text, i);
	const known = [...Object.keys(NUMBERS), "TLS_SNI", ...Object.keys(extras.attributes ?? {})];
	throw new UsageError(`the flows have no column ${column}; there are ${known.join(", ")}`);
}
