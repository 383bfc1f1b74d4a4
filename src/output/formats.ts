/** How verdicts may be written (`--format`). */
export const FORMATS = ["table", "ndjson", "csv", "json", "incidents"] as const;
export type Format = (typeof FORMATS)[number];
