import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { buildDebianPackage } from "./debian-package.ts";

const SAMPLE = fileURLToPath(new URL("../samples/monero-xmrig.pcap.gz", import.meta.url));
const SERVICE = fileURLToPath(new URL("debian/decrypto.service", import.meta.url));
/** Lintian of Debian 12 does not know zstd in packages, which dpkg of Debian 12 unpacks. */
const LINTIAN = ["--fail-on", "error", "--suppress-tags", "malformed-deb-archive"];
const missing = ["dpkg-deb", "debootstrap", "strip", "ip"].find((tool) => spawnSync(tool, ["--version"]).error);
const reason =
	missing !== undefined
		? `${missing} is not installed`
		: process.getuid?.() !== 0
			? "only root may make a chroot"
			: undefined;

describe("the Debian package", { skip: reason ?? false }, async () => {
	if (reason !== undefined) return;
	const folder = mkdtempSync(join(tmpdir(), "decrypto-package-"));
	after(() => rmSync(folder, { recursive: true, force: true }));
	const chroot = join(folder, "chroot");
	const first = await buildDebianPackage(folder, "0.2.0~test1");
	const second = repacked(first, join(folder, "second"), "0.2.0~test2");

	/** Runs a command within the chroot, in a network namespace that has nothing but loopback. */
	const inChroot = (...command: string[]) =>
		execFileSync("unshare", ["--net", "sh", "-c", 'ip link set lo up && exec chroot "$@"', "sh", chroot, ...command], {
			encoding: "utf8",
			env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
			stdio: ["ignore", "pipe", "pipe"],
		});
	const install = (path: string) => {
		cpSync(path, join(chroot, "tmp", basename(path)));
		inChroot("dpkg", "--install", `/tmp/${basename(path)}`);
	};
	const configuration = join(chroot, "etc/decrypto/decrypto.yaml");

	it("has no error that lintian knows", (t) => {
		if (spawnSync("lintian", ["--version"]).error) return t.skip("lintian is not installed");
		const { stdout, status } = spawnSync("lintian", [...LINTIAN, first], { encoding: "utf8" });
		assert.equal(status, 0, stdout);
	});

	it("installs and works without network in a minimal system", (t) => {
		const made = spawnSync("debootstrap", ["--variant=minbase", "--include=adduser", "bookworm", chroot], {
			encoding: "utf8",
		});
		if (made.status !== 0) return t.skip(`no minimal system can be made here: ${made.stderr.trim() || made.stdout}`);
		install(first);
		assert.match(inChroot("decrypto", "--version"), /^\d+\.\d+\.\d+/);
		cpSync(SAMPLE, join(chroot, "tmp/sample.pcap.gz"));
		assert.match(inChroot("decrypto", "detect", "/tmp/sample.pcap.gz", "--format", "ndjson"), /"miner":true/);
		assert.match(inChroot("decrypto", "watch", "--check", "/etc/decrypto/decrypto.yaml"), /\S/);
		assert.match(inChroot("decrypto", "selftest"), /\S/);
		assert.match(inChroot("id", "decrypto"), /decrypto/);
	});

	it("keeps the configuration when it is upgraded", (t) => {
		if (!existsSync(configuration)) return t.skip("it was not installed");
		appendFileSync(configuration, "# changed by the operator\n");
		install(second);
		assert.match(readFileSync(configuration, "utf8"), /changed by the operator/);
		assert.match(inChroot("dpkg-query", "--show", "decrypto"), /0\.2\.0~test2/);
	});

	it("keeps configuration and data when it is removed, and leaves nothing when it is purged", (t) => {
		if (!existsSync(configuration)) return t.skip("it was not installed");
		inChroot("dpkg", "--remove", "decrypto");
		assert.ok(existsSync(configuration));
		assert.ok(existsSync(join(chroot, "var/lib/decrypto")));
		inChroot("dpkg", "--purge", "decrypto");
		for (const path of ["etc/decrypto", "var/lib/decrypto", "var/log/decrypto", "usr/lib/decrypto", "usr/bin/decrypto"])
			assert.ok(!existsSync(join(chroot, path)), path);
		assert.throws(() => inChroot("id", "decrypto"));
	});
});

describe("the systemd unit", () => {
	it("is exposed less than 3 of 10, by systemd's own measure", (t) => {
		const analysed = spawnSync("systemd-analyze", ["security", "--offline=true", "--threshold=30", SERVICE]);
		if (analysed.error) return t.skip("systemd-analyze is not installed");
		assert.equal(analysed.status, 0, analysed.stdout.toString());
	});
});

/** The same package with another version, not compressed. */
function repacked(path: string, folder: string, version: string): string {
	execFileSync("dpkg-deb", ["--raw-extract", path, folder]);
	const control = join(folder, "DEBIAN/control");
	writeFileSync(control, readFileSync(control, "utf8").replace(/^Version: .*$/m, `Version: ${version}`));
	execFileSync("dpkg-deb", ["-Znone", "--root-owner-group", "--build", folder, `${folder}.deb`], { stdio: "pipe" });
	return `${folder}.deb`;
}
