import { fileURLToPath } from "node:url";

/** Path of the model that comes along (docs/default-model.md). */
export const DEFAULT_MODEL: string = fileURLToPath(new URL("../../models/default.model", import.meta.url));
