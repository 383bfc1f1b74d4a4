import type { FlowColumns } from "../../src/flow/flow-columns.ts";

/** Both ends of flow i in an order that does not depend on who spoke first. */
export function endsOf(flows: FlowColumns, i: number): string {
	const end = (offset: number, port: number) =>
		`${Buffer.from(flows.addresses.subarray(i * 32 + offset, i * 32 + offset + 16)).toString("hex")}:${port}`;
	return [end(0, flows.sourcePort[i]!), end(16, flows.destinationPort[i]!)].sort().join(" ");
}
