import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/** RFC 7914's parameters: 32 MiB and about 0.1 s a password. */
const COST = { N: 2 ** 15, r: 8, p: 1 } as const;
const KEY_BYTES = 32;
/** Bounds for parameters read back: a hash in the store must not make the server allocate gigabytes. */
const MOST_N = 2 ** 17;
const MOST_R = 16;
const MOST_P = 4;

export const SHORTEST_PASSWORD = 10;

/** `scrypt$N$r$p$salt$key`, salt and key in base64url. */
export async function hashPassword(password: string): Promise<string> {
	const salt = randomBytes(16);
	const key = await derive(password, salt, COST);
	return ["scrypt", COST.N, COST.r, COST.p, salt.toString("base64url"), key.toString("base64url")].join("$");
}

/** False for a wrong password and for a hash that is not one of ours. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
	const parts = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([\w-]{16,64})\$([\w-]{43})$/.exec(hash);
	if (parts === null) return false;
	const [N, r, p] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
	if (N > MOST_N || r > MOST_R || p > MOST_P || N < 2 || (N & (N - 1)) !== 0 || r < 1 || p < 1) return false;
	const key = await derive(password, Buffer.from(parts[4]!, "base64url"), { N, r, p });
	return timingSafeEqual(key, Buffer.from(parts[5]!, "base64url"));
}

function derive(password: string, salt: Buffer, cost: { N: number; r: number; p: number }): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		// scrypt needs 128 N r bytes and a little more.
		const options = { ...cost, maxmem: 128 * cost.N * cost.r + 2 ** 20 };
		scrypt(password.normalize("NFKC"), salt, KEY_BYTES, options, (error, key) =>
			error ? reject(error) : resolve(key),
		);
	});
}
