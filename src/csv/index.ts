export { CsvEncoder, fieldsOf } from "./csv-encoder.ts";
export { type CsvOptions, openCsvSource } from "./csv-source.ts";
export { createCsvWriter } from "./csv-writer.ts";
export { isFlowCsv } from "./header.ts";
