/** Scripts and styles come from files of this server only; no frame, no form elsewhere, no plugin, no base address. */
const CONTENT_SECURITY_POLICY = [
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"img-src 'self' data:",
	"font-src 'self'",
	"connect-src 'self'",
	"manifest-src 'self'",
	"form-action 'self'",
	"base-uri 'none'",
	"frame-ancestors 'none'",
].join("; ");

/** Headers of every response. */
export function securityHeaders(isEncrypted: boolean): Readonly<Record<string, string>> {
	return {
		"content-security-policy": CONTENT_SECURITY_POLICY,
		// For browsers that do not know frame-ancestors.
		"x-frame-options": "DENY",
		"x-content-type-options": "nosniff",
		"referrer-policy": "no-referrer",
		"cross-origin-opener-policy": "same-origin",
		"cross-origin-resource-policy": "same-origin",
		"permissions-policy": "camera=(), geolocation=(), microphone=()",
		...(isEncrypted && { "strict-transport-security": "max-age=31536000" }),
	};
}
