import { z } from "zod";

export interface ListenAddress {
	readonly host: string;
	readonly port: number;
}

const FORM = /^(?:\[(?<six>[0-9A-Fa-f:.]+)\]|(?<host>[\w.-]+)):(?<port>\d{1,5})$/;

/** `127.0.0.1:9470`, `[::1]:9470`, `localhost:0`; undefined for anything else. */
export function parseListenAddress(text: string): ListenAddress | undefined {
	const { six, host, port } = FORM.exec(text)?.groups ?? {};
	if (port === undefined || Number(port) > 65_535) return undefined;
	return { host: six ?? host!, port: Number(port) };
}

/** `off` or an address; undefined means off. */
export const metricsAddress = z
	.string()
	.meta({ pattern: "^(off|(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9_.-]+):\\d{1,5})$" })
	.transform((text, context): ListenAddress | undefined => {
		if (text === "off") return undefined;
		const address = parseListenAddress(text);
		if (address !== undefined) return address;
		context.addIssue(`expected an address and port such as 127.0.0.1:9470, or off, found "${text}"`);
		return z.NEVER;
	});
