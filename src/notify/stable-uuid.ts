import { createHash } from "node:crypto";

/** A UUID that depends only on its name, so that a repeated message has the ids of the first (version 8, RFC 9562: ours). */
export function stableUuid(name: string): string {
	const hash = createHash("sha256").update(name).digest();
	hash[6] = (hash[6]! & 0x0f) | 0x80;
	hash[8] = (hash[8]! & 0x3f) | 0x80;
	const digits = hash.toString("hex");
	return [
		digits.slice(0, 8),
		digits.slice(8, 12),
		digits.slice(12, 16),
		digits.slice(16, 20),
		digits.slice(20, 32),
	].join("-");
}
