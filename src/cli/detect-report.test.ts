import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "decrypto-report-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function detect(args: readonly string[], input?: Buffer) {
	const { stderr, status } = spawnSync(
		process.execPath,
		[join(root, "bin/decrypto.js"), "detect", ...args, "--format", "table"],
		{
			cwd: root,
			encoding: "utf8",
			...(input && { input }),
		},
	);
	return { stderr, status };
}

test("detect --report writes one page with hosts, evidence, pictures, and the hashes of its inputs", () => {
	const page = join(folder, "found.html");
	const { status } = detect(["samples/monero-xmrig.pcap.gz", "samples/pool-name-tls.pcapng", "--report", page, "-q"]);
	assert.equal(status, 0);
	const text = readFileSync(page, "utf8");
	assert.match(text, /192\.168\.7\.31 has been mining Monero at 198\.51\.100\.77:8080/);
	assert.match(text, /The payload speaks monero-stratum/);
	assert.match(text, /aria-label="Flow of [^"]*the pool spoke first/);
	for (const name of ["samples/monero-xmrig.pcap.gz", "samples/pool-name-tls.pcapng"]) {
		const hash = createHash("sha256")
			.update(readFileSync(join(root, name)))
			.digest("hex");
		assert.ok(text.includes(`${name}</bdi></th><td class="hash">${hash}</td>`), name);
	}
	const model = createHash("sha256")
		.update(readFileSync(join(root, "models/default.model")))
		.digest("hex");
	assert.ok(text.includes(model));
	assert.match(text, /<td class="number">191<\/td>/, "packets of the first capture");
});

test("the report says which inputs failed, and what came over standard input has no hash", () => {
	const broken = join(folder, "broken.pcap");
	const page = join(folder, "partly.html");
	writeFileSync(broken, "no capture at all");
	const { stderr, status } = detect(
		[broken, "-", "--report", page, "-q"],
		readFileSync(join(root, "samples/bitcoin-stratum.pcap")),
	);
	assert.notEqual(status, 0);
	assert.match(stderr, /^decrypto: .*broken\.pcap: .+\n$/, "errors are told although the run is quiet");
	const text = readFileSync(page, "utf8");
	assert.match(text, /What could not be judged[\s\S]*broken\.pcap/);
	assert.match(text, /none: it can be read only once/);
	assert.match(text, /10\.20\.0\.11 has been mining Bitcoin/);
});

test("a report needs a name that ends with .html, and is not begun otherwise", () => {
	const { stderr, status } = detect(["samples/bitcoin-stratum.pcap", "--report", join(folder, "found.txt")]);
	assert.equal(status, 2);
	assert.match(stderr, /--report .*found\.txt: its name must end with \.html/);
	assert.ok(!existsSync(join(folder, "found.txt")));
});
