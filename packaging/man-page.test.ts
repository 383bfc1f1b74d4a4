import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, it } from "node:test";
import { manPage, subcommandsOf } from "./man-page.ts";
import { writeManPages } from "./man-pages.ts";

const HELP = `Usage: decrypto pools [options] [command]

Mining pools: lists of them. Contacts them only on request.

Options:
  -h, --help                  print this help
  --very-long-option <value>
                              its description
                              in two lines

Commands:
  verify [options] <list...>  Finds out which pools answer.
  help [command]              display help for command

Examples:
  decrypto pools verify a.txt  .reads a list
`;

describe("the manual page of a command", () => {
	it("has the words of its help", () => {
		const page = manPage({ command: ["decrypto", "pools"], help: HELP }, "2026-12-01");
		assert.match(page, /^\.TH DECRYPTO-POOLS 1 "2026-12-01" DeCrypto$/m);
		assert.match(page, /^decrypto\\-pools \\- mining pools: lists of them$/m);
		assert.match(page, /^\.SH OPTIONS\n\.TP\n\.B \\-h, \\-\\-help\nprint this help$/m);
		assert.match(page, /^\.B \\-\\-very\\-long\\-option <value>\nits description\nin two lines$/m);
		assert.match(page, /^\\&\.reads a list$/m);
	});
	it("finds the subcommands in the help", () => {
		assert.deepEqual(subcommandsOf(HELP), ["verify"]);
	});
});

describe("the manual pages", () => {
	it("exist for every command, and man formats them without a complaint", (t) => {
		const folder = mkdtempSync(join(tmpdir(), "decrypto-man-"));
		try {
			const pages = writeManPages(folder, "2026-12-01");
			const names = pages.map((path) => basename(path));
			for (const name of ["decrypto.1", "decrypto-detect.1", "decrypto-pools-verify.1", "minerdetector.1"])
				assert.ok(names.includes(name), name);
			if (spawnSync("groff", ["--version"]).error) return t.skip("groff is not installed: pages are not formatted");
			for (const page of pages) {
				const { stderr, status } = spawnSync("groff", ["-man", "-Tutf8", "-ww", "-z", page], { encoding: "utf8" });
				assert.equal(`${stderr}${status}`, "0", page);
			}
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});
