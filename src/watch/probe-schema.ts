import { z } from "zod";
import { readDenyList } from "../pool/deny-list.ts";

const host = z.string().refine((text) => text.trim() !== "" && readDenyList(text).rejected.length === 0, {
	error: ({ input }) => `"${String(input).slice(0, 80)}" is no host, address or network`,
});

/** The value of `probes:` in the configuration. */
export const probeSchema = z
	.strictObject({
		mode: z
			.enum(["never", "ask", "automatic"])
			.default("never")
			.describe(
				"Ask suspected servers whether they are pools: never, when an operator asks, or without being asked, too",
			),
		contact: z
			.string()
			.regex(/^[\x21-\x27\x2a-\x7e]{1,70}$/, { error: "expected a mail address or URL without blanks and brackets" })
			.optional()
			.describe("Who asks: mail address or URL, told to every server that is asked"),
		deny: z.array(host).default([]).describe("Hosts (with all names below), addresses and networks that are not asked"),
		private: z.boolean().default(false).describe("Ask private and reserved addresses, too"),
	})
	.superRefine(({ mode, contact }, context) => {
		if (mode === "never" || contact !== undefined) return;
		context.addIssue({ code: "custom", path: ["mode"], message: "probes need a contact: who asks" });
	})
	.prefault({});
