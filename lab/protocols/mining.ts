import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { ethProxy } from "./eth-proxy.ts";
import { ethereumStratum } from "./ethereum-stratum.ts";
import { getBlockTemplate, getwork } from "./getwork.ts";
import type { MiningParameters } from "./mining-parameters.ts";
import { moneroDaemon } from "./monero-daemon.ts";
import { bitcoinStratum } from "./stratum-bitcoin.ts";
import { kaspaStratum, niceHashStratum, ravencoinStratum, zcashStratum } from "./stratum-coins.ts";
import { stratumV2 } from "./stratum-v2.ts";
import { webMiner } from "./web-miner.ts";
import { moneroLogin } from "./xmrig.ts";

/** A script: the same randomness and parameters give the same conversation, byte for byte. */
export type MiningScript = (random: Random, parameters: MiningParameters) => Conversation;

/** The mining protocols that are recognisable in the first message of either end. */
export const miningScripts: Readonly<Record<string, MiningScript>> = {
	bitcoinStratum,
	moneroLogin,
	ethProxy,
	ethereumStratum,
	ravencoinStratum,
	kaspaStratum,
	zcashStratum,
	niceHashStratum,
	getwork,
	getBlockTemplate,
};

/** The others: encrypted by Noise, or after a WebSocket's opening, or after ordinary requests to a node. */
export const hiddenMiningScripts: Readonly<Record<string, MiningScript>> = {
	moneroDaemon,
	stratumV2,
	webMiner,
};
