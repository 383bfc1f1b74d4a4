import type { NotificationFormat } from "../notification-format.ts";
import { alertmanagerFormat } from "./alertmanager.ts";
import { cefFormat } from "./cef.ts";
import { ecsFormat } from "./ecs.ts";
import { eveFormat } from "./eve.ts";
import { ideaFormat } from "./idea.ts";
import { jsonFormat } from "./json.ts";
import { leefFormat } from "./leef.ts";
import { mattermostFormat } from "./mattermost.ts";
import { ocsfFormat } from "./ocsf.ts";
import { slackFormat } from "./slack.ts";
import { stixFormat } from "./stix.ts";
import { teamsFormat } from "./teams.ts";
import { textFormat } from "./text.ts";
import { zeekFormat, zeekJsonFormat } from "./zeek.ts";

/** The formats by the names that configurations use. */
export const FORMATS = {
	json: jsonFormat,
	eve: eveFormat,
	ecs: ecsFormat,
	ocsf: ocsfFormat,
	cef: cefFormat,
	leef: leefFormat,
	idea: ideaFormat,
	zeek: zeekFormat,
	"zeek-json": zeekJsonFormat,
	stix: stixFormat,
	alertmanager: alertmanagerFormat,
	slack: slackFormat,
	mattermost: mattermostFormat,
	teams: teamsFormat,
	text: textFormat,
} as const satisfies Readonly<Record<string, NotificationFormat>>;

export type FormatName = keyof typeof FORMATS;
export const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[];
