import { isUtf8 } from "node:buffer";
import { REASON, type Verdicts } from "../detect/verdicts.ts";
import { type FlowColumns, listAt } from "../flow/flow-columns.ts";
import type { ComputedField } from "../nemea/index.ts";

/** The original's output template, word for word; under `-v` with a label at its end. */
const MINER_TEMPLATE =
	"ipaddr DST_IP,ipaddr SRC_IP,uint16 SRC_PORT,uint16 DST_PORT,uint64 BYTES,uint64 BYTES_REV,uint32 PACKETS,uint32 PACKETS_REV," +
	"int8* PPI_PKT_DIRECTIONS,time* PPI_PKT_TIMES,uint16* PPI_PKT_LENGTHS,uint8* PPI_PKT_FLAGS,time TIME_FIRST,time TIME_LAST," +
	"string TLS_SNI,bytes IDP_CONTENT,bytes IDP_CONTENT_REV,uint8 IS_MINER,uint8 REASON,uint8 PROTOCOL";

export interface MinerRecordOptions {
	/** Records carry the label. */
	readonly withLabel: boolean;
	/** Server names that are not UTF-8 leave as the original sends them, after a detour over text. */
	readonly asOriginal: boolean;
}

/** Flows on their way into records, with their verdicts: where the computed fields find them. */
export interface DecidedFlows extends FlowColumns {
	readonly verdicts: Verdicts;
}

/**
 * The records of miners, for a sink that is given {@link DecidedFlows}: the original's template, and what it adds to each
 * record: IS_MINER, 1, and REASON, 1 for payload, 2 for a server name and the forest combined, 3 for the forest alone or
 * the cache.
 */
export function minerRecords({ withLabel, asOriginal }: MinerRecordOptions) {
	const computed: Record<string, ComputedField> = {
		IS_MINER: (flows, i) => (reasonAt(flows, i) === REASON.NONE ? 0 : 1),
		REASON: (flows, i) => Math.min(reasonAt(flows, i), REASON.ML),
		...(asOriginal && { TLS_SNI: rewrittenName }),
	};
	return { template: withLabel ? `${MINER_TEMPLATE},string LABEL` : MINER_TEMPLATE, computed };
}

function reasonAt(flows: FlowColumns, i: number): number {
	return (flows as DecidedFlows).verdicts.reasons[i]!;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** Undefined where the name is UTF-8: the record's own bytes are right. */
function rewrittenName(flows: FlowColumns, i: number): Uint8Array | undefined {
	const name = listAt(flows.serverName, i);
	return isUtf8(name) ? undefined : encoder.encode(decoder.decode(name));
}
