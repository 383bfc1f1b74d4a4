import type { Conversation } from "../conversation.ts";
import type { Random } from "../random.ts";
import { ethProxy } from "./eth-proxy.ts";
import { ethereumStratum } from "./ethereum-stratum.ts";
import { getBlockTemplate, getwork } from "./getwork.ts";
import type { MiningParameters } from "./mining-parameters.ts";
import { bitcoinStratum } from "./stratum-bitcoin.ts";
import { kaspaStratum, niceHashStratum, ravencoinStratum, zcashStratum } from "./stratum-coins.ts";
import { moneroLogin } from "./xmrig.ts";

/** A script: the same randomness and parameters give the same conversation, byte for byte. */
export type MiningScript = (random: Random, parameters: MiningParameters) => Conversation;

/** Every mining protocol that the laboratory speaks. */
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
