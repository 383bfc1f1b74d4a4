export interface PublisherCounters {
	flows: number;
	/** Flows that no message has room for. */
	tooLong: number;
	batches: number;
	/** Bytes of batches before and after compression. */
	bytesBefore: number;
	bytes: number;
	/** Batches that the bus confirmed. */
	accepted: number;
	/** Attempts that failed and were made again. */
	resent: number;
	/** Batches that went to the spool. */
	spooled: number;
	/** What found neither bus nor room in the spool. */
	droppedBatches: number;
	droppedFlows: number;
}

export function createPublisherCounters(): PublisherCounters {
	return {
		flows: 0,
		tooLong: 0,
		batches: 0,
		bytesBefore: 0,
		bytes: 0,
		accepted: 0,
		resent: 0,
		spooled: 0,
		droppedBatches: 0,
		droppedFlows: 0,
	};
}
