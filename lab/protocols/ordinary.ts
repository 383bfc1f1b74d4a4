import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { browsing } from "./browsing.ts";
import { webSocketChat } from "./chat.ts";
import { databasePool } from "./database-pool.ts";
import { game, ntp, vpnKeepAlive } from "./datagrams.ts";
import { ethereumNode } from "./ethereum-node.ts";
import { irc } from "./irc.ts";
import { languageServer } from "./language-server.ts";
import { mqtt } from "./mqtt.ts";
import type { OrdinaryParameters } from "./ordinary-parameters.ts";
import { quicBrowsing } from "./quic.ts";
import { ssh } from "./ssh.ts";
import { longPolling, marketData, nodeSubscription, telemetry } from "./subscriptions.ts";
import { xmpp } from "./xmpp.ts";

type OrdinaryScript = (random: Random, parameters: OrdinaryParameters) => Conversation;

/** All ordinary conversations of the laboratory with real bytes: a detector must not report them. */
export const ordinaryScripts: Readonly<Record<string, OrdinaryScript>> = {
	browsing,
	ssh,
	mqtt,
	languageServer,
	webSocketChat,
	ethereumNode,
	irc,
	ntp,
	vpnKeepAlive,
	xmpp,
	databasePool,
	marketData,
	nodeSubscription,
	longPolling,
	telemetry,
	game,
	quicBrowsing,
};
