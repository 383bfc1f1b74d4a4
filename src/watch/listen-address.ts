import { z } from "zod";
import { type ListenAddress, parseListenAddress } from "../server/listen-address.ts";

/** `off` or an address; undefined means off. */
export const metricsAddress = z
	.string()
	.meta({ pattern: "^(off|(\\[[0-9A-Fa-f:.]+\\]|[0-9.]+|localhost):\\d{1,5})$" })
	.transform((text, context): ListenAddress | undefined => {
		if (text === "off") return undefined;
		const address = parseListenAddress(text);
		if (address !== undefined) return address;
		context.addIssue(`expected an address and port such as 127.0.0.1:9470, or off, found "${text}"`);
		return z.NEVER;
	});
