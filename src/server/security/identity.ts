import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { Refusal } from "../refusal.ts";
import type { Role } from "./accounts.ts";

/** Who asks. `local`: nobody logged in, and nobody has to. */
export interface Identity {
	readonly kind: "session" | "token" | "proxy" | "local";
	readonly name: string;
	readonly role: Role;
	/** Of the session or token. */
	readonly tokenHash?: string;
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

export function isSafe(method: string): boolean {
	return SAFE_METHODS.has(method);
}

/** What a request tells of where it was made. Header names are lower case. */
export interface RequestOrigin {
	readonly host: string | undefined;
	readonly origin: string | undefined;
	readonly fetchSite: string | undefined;
	readonly csrfToken: string | undefined;
}

/** Keeps other web sites from making a browser change something here: origin checks and tokens bound to the session. */
export class ForgeryGuard {
	/** Tokens are valid for one run of the server. */
	readonly #key = randomBytes(32);

	tokenFor({ kind, name, tokenHash }: Identity): string {
		return createHmac("sha256", this.#key)
			.update(`${kind} ${tokenHash ?? name}`)
			.digest("base64url");
	}

	/** Refuses requests that a browser says another site made. Also for logins, where there is no session yet. */
	checkOrigin({ host, origin, fetchSite }: RequestOrigin): void {
		// Browsers that send Sec-Fetch-Site know best: a proxy may have changed the host.
		const isForeign =
			fetchSite === undefined
				? origin !== undefined && hostOf(origin) !== host?.toLowerCase()
				: fetchSite !== "same-origin" && fetchSite !== "none";
		if (isForeign) throw new Refusal(403, "foreign-origin", "the request was made by another site");
	}

	/** Refuses changes without the session's token. Programs with a token of their own carry nothing that a site could abuse. */
	check(identity: Identity, request: RequestOrigin): void {
		if (identity.kind === "token") return;
		this.checkOrigin(request);
		const isBrowser = request.origin !== undefined || request.fetchSite !== undefined;
		if (identity.kind === "local" && !isBrowser) return;
		if (!isEqual(request.csrfToken ?? "", this.tokenFor(identity))) {
			throw new Refusal(
				403,
				"csrf-token",
				"the header X-CSRF-Token is missing or not the session's; load the page again",
			);
		}
	}
}

function hostOf(origin: string): string | undefined {
	return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function isEqual(a: string, b: string): boolean {
	const [left, right] = [Buffer.from(a), Buffer.from(b)];
	return left.length === right.length && timingSafeEqual(left, right);
}
