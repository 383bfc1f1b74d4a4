import { execFileSync } from "node:child_process";
import {
	chmodSync,
	cpSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { buildProgram } from "../scripts/build-program.ts";
import { writeManPages } from "./man-pages.ts";

const CHECKOUT = fileURLToPath(new URL("../", import.meta.url));
const DEBIAN = join(CHECKOUT, "packaging/debian");
const PROGRAMS = ["decrypto", "minerdetector"] as const;
/** Debian's name of this machine's architecture. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64", arm: "armhf" };

interface Manifest {
	readonly version: string;
	readonly description: string;
}

interface LockFile {
	readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>>;
}

/**
 * Builds the Debian package with its own Node.js into `folder`, and returns its path. It needs dpkg-deb, the installed
 * dependencies, and nothing from the network. `version` is that of package.json where it is left out.
 */
export async function buildDebianPackage(folder: string, version = manifest().version): Promise<string> {
	const root = mkdtempSync(join(tmpdir(), "decrypto-deb-"));
	try {
		chmodSync(root, 0o755);
		await layOutProgram(join(root, "usr/lib/decrypto"));
		layOutSystemFiles(root);
		layOutDocumentation(root, version);
		layOutControl(join(root, "DEBIAN"), root, version);
		makeReadable(root);
		mkdirSync(folder, { recursive: true });
		const path = join(folder, `decrypto_${version}_${architecture()}.deb`);
		execFileSync("dpkg-deb", ["-Zzstd", "--root-owner-group", "--build", root, path], { stdio: "pipe" });
		return path;
	} finally {
		rmSync(root, { recursive: true, force: true });
	}
}

function manifest(): Manifest {
	return JSON.parse(readFileSync(join(CHECKOUT, "package.json"), "utf8")) as Manifest;
}

function architecture(): string {
	return ARCHITECTURES[process.arch] ?? process.arch;
}

/** The program as it is published, the packages it needs at run time, and the Node.js that runs it. */
async function layOutProgram(home: string): Promise<void> {
	mkdirSync(home, { recursive: true });
	for (const part of ["bin", "models", "package.json"])
		cpSync(join(CHECKOUT, part), join(home, part), { recursive: true });
	await buildProgram(join(home, "dist/program"));
	const built = join(CHECKOUT, "dist/web");
	if (isDirectory(built)) cpSync(built, join(home, "dist/web"), { recursive: true });
	for (const path of productionPackages()) {
		cpSync(join(CHECKOUT, path), join(home, path), { recursive: true, dereference: true, filter: isNeededAtRunTime });
	}
	cpSync(process.execPath, join(home, "node"), { dereference: true });
	chmodSync(join(home, "node"), 0o755);
	execFileSync("strip", ["--strip-unneeded", join(home, "node")]);
}

/** Folders of the packages that the lock file lists for production, below the checkout. */
function productionPackages(): string[] {
	const { packages } = JSON.parse(readFileSync(join(CHECKOUT, "package-lock.json"), "utf8")) as LockFile;
	return Object.entries(packages)
		.filter(([path, { dev, devOptional }]) => path !== "" && !dev && !devOptional && isDirectory(join(CHECKOUT, path)))
		.map(([path]) => path);
}

function isNeededAtRunTime(path: string): boolean {
	return (
		!/(\.(d\.[cm]?ts|[cm]?ts|map|md)|\/\.npmignore)$/.test(path) && !/\/(\.github|docs|test|tests|examples)$/.test(path)
	);
}

function isDirectory(path: string): boolean {
	return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function layOutSystemFiles(root: string): void {
	for (const name of PROGRAMS) {
		write(join(root, "usr/bin", name), readFileSync(join(DEBIAN, "launcher"), "utf8").replace("@NAME@", name), 0o755);
	}
	write(join(root, "lib/systemd/system/decrypto.service"), readFileSync(join(DEBIAN, "decrypto.service"), "utf8"));
	write(join(root, "etc/decrypto/decrypto.yaml"), exampleConfiguration());
	write(join(root, "usr/share/lintian/overrides/decrypto"), readFileSync(join(DEBIAN, "lintian-overrides"), "utf8"));
}

/** What `decrypto watch --example` prints: the package's configuration says what can be configured. */
function exampleConfiguration(): string {
	return execFileSync(process.execPath, [join(CHECKOUT, "bin/decrypto.js"), "watch", "--example"], {
		encoding: "utf8",
	});
}

function layOutDocumentation(root: string, version: string): void {
	const today = new Date();
	const documentation = join(root, "usr/share/doc/decrypto");
	const licence = readFileSync(join(CHECKOUT, "LICENSE"), "utf8").split("\n").slice(4).join("\n").trim();
	const indented = licence.replace(/^$/gm, ".").replace(/^/gm, " ");
	write(
		join(documentation, "copyright"),
		readFileSync(join(DEBIAN, "copyright"), "utf8").replace("@LICENSE@", indented),
	);
	write(join(documentation, "changelog.gz"), gzipSync(debianChangelog(version, today), { level: 9 }));
	for (const path of writeManPages(join(root, "usr/share/man/man1"), today.toISOString().slice(0, 10))) {
		write(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
		rmSync(path);
	}
}

/** One entry in the form of deb-changelog(5): what changed stands in the project's own change log. */
function debianChangelog(version: string, date: Date): string {
	const when = date.toUTCString().replace("GMT", "+0000");
	return `decrypto (${version}) unstable; urgency=medium\n\n  * See CHANGELOG.md of the project.\n\n -- DeCrypto <decrypto@localhost>  ${when}\n`;
}

function layOutControl(control: string, root: string, version: string): void {
	for (const script of ["postinst", "prerm", "postrm"]) {
		write(join(control, script), readFileSync(join(DEBIAN, script), "utf8"), 0o755);
	}
	write(join(control, "conffiles"), "/etc/decrypto/decrypto.yaml\n");
	write(join(control, "control"), controlFile(root, version));
}

/** deb-control(5). */
function controlFile(root: string, version: string): string {
	return `Package: decrypto
Version: ${version}
Architecture: ${architecture()}
Maintainer: DeCrypto <decrypto@localhost>
Installed-Size: ${Math.ceil(bytesBelow(root) / 1024)}
Depends: adduser, libc6 (>= 2.28), libstdc++6
Recommends: tcpdump
Section: net
Priority: optional
Description: detector of cryptominers in network traffic
 DeCrypto reads captures, live traffic and flow records, finds the hosts that
 mine cryptocurrencies, explains each verdict, and notifies people of
 incidents. The package brings its own Node.js.
`;
}

function bytesBelow(folder: string): number {
	const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
	return entries.reduce(
		(sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0),
		0,
	);
}

/** Everybody may read the package's files; those that may be run already may be run by everybody. */
function makeReadable(folder: string): void {
	for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
		const path = join(entry.parentPath, entry.name);
		if (entry.isDirectory()) chmodSync(path, 0o755);
		else if (entry.isFile()) chmodSync(path, mayRun(path) ? 0o755 : 0o644);
	}
}

/** Programs and maintainer scripts; npm marks sources as programs, too, which nothing starts directly. */
function mayRun(path: string): boolean {
	return /\/(usr\/bin|DEBIAN)\/[a-z]+$/.test(path)
		? !/(control|conffiles)$/.test(path)
		: path.endsWith("/decrypto/node");
}

function write(path: string, content: string | Uint8Array, mode = 0o644): void {
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, content, { mode });
}

if (import.meta.main) console.log(await buildDebianPackage(process.argv[2] ?? join(CHECKOUT, "dist")));
