/** How verdicts may be written (`--format`). */
export const FORMATS = ["table", "ndjson", "csv", "json"] as const;
export type Format = (typeof FORMATS)[number];
