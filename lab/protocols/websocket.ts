import { createHash } from "node:crypto";
import type { Random } from "../random.ts";
import { noise } from "./filler.ts";
import { httpMessage } from "./http.ts";

/** A WebSocket frame (RFC 6455, 5.2), final, with a payload of less than 64 KiB; a client's is masked. */
export function webSocketFrame(opcode: number, payload: Uint8Array | string, mask?: Uint8Array): Uint8Array {
	const data = typeof payload === "string" ? Buffer.from(payload) : payload;
	const masked = mask === undefined ? 0 : 0x80;
	const length = data.length < 126 ? [masked | data.length] : [masked | 126, data.length >> 8, data.length & 0xff];
	const body = mask === undefined ? data : data.map((byte, i) => byte ^ mask[i % 4]!);
	return Uint8Array.from([0x80 | opcode, ...length, ...(mask ?? []), ...body]);
}

export const TEXT = 1;
export const BINARY = 2;
export const PING = 9;
export const PONG = 10;

/** Masks, one for each frame of a client. */
export function maskOf(random: Random): Uint8Array {
	return noise(random, 4);
}

/** The request that opens a WebSocket and the answer to it (RFC 6455, 4). */
export function webSocketUpgrade(
	random: Random,
	host: string,
	path: string,
	origin: string,
): { readonly request: string; readonly answer: string } {
	const key = Buffer.from(noise(random, 16)).toString("base64");
	const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
	const upgrade = [
		["Upgrade", "websocket"],
		["Connection", "Upgrade"],
	] as const;
	return {
		request: httpMessage(`GET ${path} HTTP/1.1`, [
			["Host", host],
			...upgrade,
			["Origin", origin],
			["Sec-WebSocket-Version", "13"],
			["Sec-WebSocket-Key", key],
		]),
		answer: httpMessage("HTTP/1.1 101 Switching Protocols", [...upgrade, ["Sec-WebSocket-Accept", accept]]),
	};
}
