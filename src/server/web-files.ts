import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

interface WebFile {
	readonly type: string;
	readonly etag: string;
	readonly cacheControl: string;
	readonly bytes: Buffer<ArrayBuffer>;
	/** Absent where compression gains nothing. */
	readonly gzip?: Buffer<ArrayBuffer>;
}

const TYPES: Readonly<Record<string, string>> = {
	".html": "text/html; charset=utf-8",
	".js": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml",
	".png": "image/png",
	".ico": "image/x-icon",
	".json": "application/json",
	".webmanifest": "application/manifest+json",
	".woff2": "font/woff2",
	".txt": "text/plain; charset=utf-8",
};

/** Vite writes a hash of the content into the names of these. */
const HASHED = /-[\w-]{8,}\.(js|css|svg|png|woff2)$/;
const NOT_BUILT = "The web UI is not built: run `npm run build`. The API is at /api/v1/.\n";

/** Pages of one pool or incident: the names of pools contain dots and are not names of files. */
const NAMED_PAGE = /^\/(incidents|pools)\//;

/** Where the build puts the web UI, seen from the sources and from the built program. */
export const WEB_FOLDER = fileURLToPath(
	new URL(import.meta.url.endsWith(".ts") ? "../../dist/web/" : "../web/", import.meta.url),
);

/**
 * The files of the built web UI. They are read once: a request is only looked up among their names and never becomes a path.
 * Paths without a file are pages of the UI, which it finds by itself.
 */
export class WebFiles {
	readonly #files: ReadonlyMap<string, WebFile>;

	/** An absent folder is a UI that is not built. */
	constructor(folder = WEB_FOLDER) {
		this.#files = new Map(
			pathsIn(folder).map((path) => [`/${relative(folder, path).split(sep).join("/")}`, read(path)]),
		);
	}

	respond(request: Request): Response {
		const { pathname } = new URL(request.url);
		const isPage = extname(pathname) === "" || NAMED_PAGE.test(pathname);
		const file = this.#files.get(isPage ? "/index.html" : pathname);
		if (file === undefined) return isPage ? plain(NOT_BUILT, 503) : plain("There is no such file.\n", 404);
		const { type, etag, cacheControl, gzip } = file;
		const headers = new Headers({ "content-type": type, etag, "cache-control": cacheControl, vary: "accept-encoding" });
		if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
		const compress = gzip !== undefined && /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "");
		if (compress) headers.set("content-encoding", "gzip");
		return new Response(compress ? gzip : file.bytes, { headers });
	}
}

function pathsIn(folder: string): string[] {
	try {
		return readdirSync(folder, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile() && TYPES[extname(entry.name)] !== undefined)
			.map((entry) => join(entry.parentPath, entry.name));
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
		throw error;
	}
}

function read(path: string): WebFile {
	const bytes = readFileSync(path);
	const gzip = gzipSync(bytes, { level: 9 });
	return {
		type: TYPES[extname(path)]!,
		etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`,
		cacheControl: HASHED.test(path) ? "public, max-age=31536000, immutable" : "no-cache",
		bytes,
		...(gzip.length < bytes.length * 0.9 && { gzip }),
	};
}

function plain(text: string, status: number): Response {
	return new Response(text, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}
