/** Why a flow ended: flowEndReason of IPFIX (RFC 5102, 5.11.3). */
export const END_REASON = { INACTIVE: 1, ACTIVE: 2, END_OF_FLOW: 3, FORCED: 4, LACK_OF_RESOURCES: 5 } as const;
export type EndReason = (typeof END_REASON)[keyof typeof END_REASON];
