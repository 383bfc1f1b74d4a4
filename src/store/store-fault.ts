/** Primary result codes of SQLite (sqlite.org/rescode.html) by what the store does about them. */
const FAULTS: Readonly<Record<number, StoreFault>> = {
	5: "locked",
	6: "locked",
	8: "read-only",
	10: "input-output",
	11: "corrupt",
	13: "full",
	14: "unopenable",
	26: "corrupt",
};

/** What is wrong with the file; writes wait in memory until it is over. */
export type StoreFault = "locked" | "read-only" | "input-output" | "corrupt" | "full" | "unopenable";

/** The fault behind an error of `node:sqlite`; undefined for other errors, which are bugs. */
export function faultOf(error: unknown): StoreFault | undefined {
	const code = (error as { readonly errcode?: unknown } | null)?.errcode;
	return typeof code === "number" ? FAULTS[code & 0xff] : undefined;
}

export const FAULT_WORDS: Readonly<Record<StoreFault, string>> = {
	locked: "another process has locked the store",
	"read-only": "the store cannot be written",
	"input-output": "reading or writing the store failed",
	corrupt: "the store is damaged",
	full: "the disk is full",
	unopenable: "the store cannot be opened",
};
