import { z } from "zod";
import { parseNetwork } from "../flow/networks.ts";

/** A network in CIDR notation, or one address. */
export const network = z.string().refine((text) => parseNetwork(text) !== undefined, {
	error: ({ input }) => `"${String(input).slice(0, 80)}" is no network; write for example 10.0.0.0/8`,
});
