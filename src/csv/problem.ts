/** Why a row is invalid. The row parser returns these negated, instead of the index at which it continues. */
export const PROBLEM = {
	NONE: 0,
	EMPTY: 1,
	NUMBER: 2,
	RANGE: 3,
	TIME: 4,
	ADDRESS: 5,
	HEX: 6,
	LIST: 7,
	QUOTE: 8,
	FEW: 9,
	MANY: 10,
	LONG: 11,
	OPEN: 12,
} as const;
export type Problem = (typeof PROBLEM)[keyof typeof PROBLEM];

/** The names in the counters, by number. */
export const PROBLEM_NAMES: readonly string[] = [
	"none",
	"empty value",
	"not a number",
	"number out of range",
	"not a time",
	"not an address",
	"not hexadecimal",
	"not a list",
	"quotation mark out of place",
	"too few columns",
	"too many columns",
	"row too long",
	"quotation not closed",
];
