import { createHash } from "node:crypto";

/** Our namespace: a random UUID, made once. */
const NAMESPACE = Buffer.from("7d6c0b1f5b7e4f0fa3c39d2e51a86c40", "hex");

/** A UUID of version 5 (RFC 9562, 5.5): it depends only on its name, so that a repeated message has the ids of the first. */
export function stableUuid(name: string): string {
	const hash = createHash("sha1").update(NAMESPACE).update(name).digest().subarray(0, 16);
	hash[6] = (hash[6]! & 0x0f) | 0x50;
	hash[8] = (hash[8]! & 0x3f) | 0x80;
	return hash.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
