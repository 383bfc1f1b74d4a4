import { hostname } from "node:os";
import { jsonFormat } from "../notify/formats/json.ts";
import { createNotification } from "../notify/notification.ts";
import type { EncodeEvent } from "../report/incident-report.ts";
import { programVersion } from "./program-version.ts";

/** Events as `--format incidents` writes them: the JSON that receivers get (docs/notification.schema.json). */
export const encodeEvent: EncodeEvent = (event) =>
	jsonFormat.encode(createNotification(event), { sensor: hostname(), version: programVersion(), now: Date.now });
