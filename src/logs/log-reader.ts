import type { SourceCounters } from "../bytes/counters.ts";
import type { FlowColumnsBuilder } from "../flow/columns-builder.ts";
import type { LoggedAnswer } from "./logged-answer.ts";
import type { LoggedNames } from "./logged-names.ts";
import type { NamesByFlow } from "./names-by-flow.ts";

/** What the records of a log are read into. */
export interface LogTarget {
	readonly builder: FlowColumnsBuilder;
	readonly names: NamesByFlow;
	readonly counters: SourceCounters;
	/** Told of every DNS answer, in the order of the log. */
	readonly learn: (answer: LoggedAnswer) => void;
	/** The names that were learned from the answers. */
	readonly resolved: LoggedNames;
}

/** Reads one kind of log, line by line; it may have state, such as the header of the file. One per file. */
export interface LogReader {
	/** One line without its end. Lines that are not records are counted by reason in the target's counters. */
	read(line: Uint8Array, target: LogTarget): void;
}

/** A kind of log: how it is recognised by the first bytes of a file, and how it is read. */
export interface LogKind {
	readonly name: string;
	recognises(head: Uint8Array): boolean;
	/** Loads the reader: most of a short run is the loading of modules. */
	createReader(): Promise<LogReader>;
	/** Whether each record is one direction, so that two are to be paired. */
	readonly isUnidirectional?: true;
}
