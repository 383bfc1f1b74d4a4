import { isBusAddress } from "../bus/bus-address.ts";
import type { AddressKind } from "./input-kind.ts";

/** `nats://HOST,HOST/flows`: what sensors publish on a bus. */
export const BUS_FLOWS: AddressKind = {
	name: "flows of a bus",
	recognisedBy: "address",
	signals: ["payload", "server-name", "shape"],
	isCapture: false,
	matches: isBusAddress,
	isLive: () => true,
	open: async (name) => (await import("../bus/bus-flow-source.ts")).openBusFlows(name),
};
