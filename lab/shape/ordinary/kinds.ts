import type { Script } from "../dialogue.ts";
import { anyOrdinary } from "./any-protocol.ts";
import {
	announcements,
	answeredPushes,
	chat,
	feed,
	game,
	mqtt,
	notifications,
	peers,
	rpcSocket,
	stream,
} from "./pushes.ts";
import {
	browsing,
	bulk,
	database,
	fileServer,
	irregularRequests,
	longPolling,
	mail,
	polling,
	portal,
	reporting,
	retrying,
	visit,
} from "./request-reply.ts";
import { evenReplies, revalidation } from "./revalidation.ts";
import { brokerSubscriber, electrum, homeDevice, nodeSubscriber, twoTimers } from "./subscriptions.ts";
import { control, remoteDesktop, shellLogins, stalled, tunnel, typing } from "./terminals.ts";
import { agent, jobQueue } from "./workers.ts";

/** Every kind of ordinary traffic, with how often it is drawn: what comes near to mining most often. */
export const ORDINARY: readonly { readonly kind: string; readonly weight: number; readonly script: Script }[] = [
	{ kind: "polling", weight: 7, script: polling },
	{ kind: "irregular requests", weight: 12, script: irregularRequests },
	{ kind: "portal", weight: 11, script: portal },
	{ kind: "reporting", weight: 8, script: reporting },
	{ kind: "database", weight: 4, script: database },
	{ kind: "long polling", weight: 4, script: longPolling },
	{ kind: "file server", weight: 3, script: fileServer },
	{ kind: "retrying", weight: 3, script: retrying },
	{ kind: "browsing", weight: 2, script: browsing },
	{ kind: "mail", weight: 3, script: mail },
	{ kind: "bulk", weight: 2, script: bulk },
	{ kind: "mqtt", weight: 5, script: mqtt },
	{ kind: "chat", weight: 5, script: chat },
	{ kind: "notifications", weight: 6, script: notifications },
	{ kind: "answered pushes", weight: 8, script: answeredPushes },
	{ kind: "feed", weight: 6, script: feed },
	{ kind: "rpc over websocket", weight: 7, script: rpcSocket },
	{ kind: "game", weight: 3, script: game },
	{ kind: "peers", weight: 4, script: peers },
	{ kind: "shell log-ins", weight: 6, script: shellLogins },
	{ kind: "typing", weight: 3, script: typing },
	{ kind: "tunnel", weight: 4, script: tunnel },
	{ kind: "remote desktop", weight: 2, script: remoteDesktop },
	{ kind: "control", weight: 4, script: control },
	{ kind: "visit", weight: 12, script: visit },
	{ kind: "stream", weight: 3, script: stream },
	{ kind: "stalled", weight: 6, script: stalled },
	{ kind: "job queue", weight: 4, script: jobQueue },
	{ kind: "agent", weight: 4, script: agent },
	{ kind: "announcements", weight: 5, script: announcements },
	{ kind: "revalidation", weight: 5, script: revalidation },
	{ kind: "even replies", weight: 4, script: evenReplies },
	{ kind: "electrum", weight: 2, script: electrum },
	{ kind: "node subscriber", weight: 2, script: nodeSubscriber },
	{ kind: "broker subscriber", weight: 2, script: brokerSubscriber },
	{ kind: "home device", weight: 3, script: homeDevice },
	{ kind: "two timers", weight: 4, script: twoTimers },
	{ kind: "any ordinary protocol", weight: 14, script: anyOrdinary },
];
