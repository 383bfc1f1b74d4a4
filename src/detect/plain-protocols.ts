import type { FlowColumns, ListColumn } from "../flow/flow-columns.ts";
import { type PlainProtocol, plainProtocol } from "../mining/plain-protocol.ts";
import { type Mass, supportMass } from "./dempster-shafer.ts";

/** Protocols that carry others, mining among them: that payload speaks them says nothing. */
const CARRIERS: ReadonlySet<PlainProtocol> = new Set(["http", "tls", "socks"]);

/** Payload that plainly speaks another protocol supports m(other) this much: a miner could imitate its first bytes. */
export const OTHER_PROTOCOL_MASS: Mass = supportMass(0, 0.9);

/** The protocol other than mining that flow i plainly speaks, in either direction; undefined where it is not told. */
export function otherProtocolOf(flows: FlowColumns, i: number): PlainProtocol | undefined {
	return otherIn(flows.payload, i) ?? otherIn(flows.payloadReverse, i);
}

function otherIn({ values, offsets }: ListColumn<Uint8Array>, i: number): PlainProtocol | undefined {
	const begin = offsets[i]!;
	const end = offsets[i + 1]!;
	if (begin === end) return undefined;
	const protocol = plainProtocol(values, begin, end);
	return protocol === undefined || CARRIERS.has(protocol) ? undefined : protocol;
}
