/** What other records of the log tell of the same flow. All of it is text from the network. */
export interface FlowNames {
	readonly serverName?: string;
	readonly ja3?: string;
	readonly ja4?: string;
	/** The signature with which the other sensor reported mining: foreign evidence, named as such. */
	readonly alert?: string;
}

export const NO_NAMES: FlowNames = {};
