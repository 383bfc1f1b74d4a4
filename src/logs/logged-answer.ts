/** One answer to a DNS query, as a log has it: `client` asked for `name` and learned `address`. */
export interface LoggedAnswer {
	/** Microseconds since the epoch. */
	readonly time: number;
	readonly client: string;
	readonly name: string;
	/** Absent where the query had no address for an answer: the name was asked all the same. */
	readonly address?: string;
	/** Seconds; absent where the log does not tell. */
	readonly lifetime?: number;
}
