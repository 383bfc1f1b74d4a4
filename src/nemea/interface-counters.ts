/**
 * Counters of interfaces in shared memory: the thread that works writes them, the thread that answers the service
 * interface reads them. Each is one double, written whole.
 */
export const INPUT = { CONNECTED: 0, MESSAGES: 1, CONTAINERS: 2, LENGTH: 4 } as const;

/** The first are the sender's to write, from CLIENTS on they are the socket server's. Client slots follow. */
export const OUTPUT = {
	SENT: 0,
	DROPPED: 1,
	CONTAINERS: 2,
	AUTOFLUSHES: 3,
	CLIENTS: 4,
	/** Containers taken over from the sender, and those that all receivers have. */
	TAKEN: 5,
	RELEASED: 6,
	/** Messages of containers that were being written to a receiver when it went away. */
	CUT: 7,
	/** Messages of containers that some receiver has had at least a part of. */
	BEGUN: 8,
	FIRST_CLIENT: 9,
} as const;

/** One receiver. A slot of identity 0 is free. */
export const CLIENT = { IDENTITY: 0, CONTAINERS: 1, MESSAGES: 2, SKIPPED: 3, LENGTH: 4 } as const;

export function createInputCounters(): Float64Array<SharedArrayBuffer> {
	return new Float64Array(new SharedArrayBuffer(INPUT.LENGTH * 8));
}

export function createOutputSlots(maxClients: number): Float64Array<SharedArrayBuffer> {
	return new Float64Array(new SharedArrayBuffer((OUTPUT.FIRST_CLIENT + maxClients * CLIENT.LENGTH) * 8));
}
