/** Browsers accept the prefix `__Host-` only from this very host, by TLS, for all paths (RFC 6265bis, 4.1.3). */
export function sessionCookieName(isEncrypted: boolean): string {
	return isEncrypted ? "__Host-decrypto" : "decrypto";
}
