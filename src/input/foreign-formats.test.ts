import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { foreignFormatHint } from "./foreign-formats.ts";
import { openInput } from "./open-input.ts";

const erf = Buffer.alloc(64);
erf[8] = 2;
erf.writeUInt16BE(64, 10);
erf.writeUInt16BE(46, 14);
erf.writeUInt16BE(0x0800, 30);
const tar = Buffer.alloc(512);
tar.write("ustar", 257);

const FILES: readonly (readonly [content: string | Buffer, hint: RegExp])[] = [
	["BZh91AY&SY", /^this is bzip2; unpack it/],
	[Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), /xz/],
	[Buffer.from([4, 0x22, 0x4d, 0x18]), /LZ4/],
	["PK\x03\x04", /ZIP/],
	[tar, /tar archive/],
	["snoop\0\0\0\0\0\x02", /snoop capture; convert it: editcap/],
	[erf, /ERF/],
	[Buffer.from([0xa5, 0x0c, 0, 2]), /nfdump file; send it as NetFlow/],
	["ts,te,td,sa,da,sp,dp,pr,flg\n", /CSV of nfdump/],
	["Flow ID,Src IP,Src Port,Dst IP,Tot Fwd Pkts\n", /CICFlowMeter/],
	["<!DOCTYPE html><html>", /HTML page/],
];

test("a file of a format that is not read is named, with what to do", async () => {
	const folder = mkdtempSync(join(tmpdir(), "decrypto-foreign-"));
	try {
		for (const [k, [content, hint]] of FILES.entries()) {
			const path = join(folder, `file${k}`);
			writeFileSync(path, content);
			await assert.rejects(openInput({ name: path }, { metering: {} }), (error: Error) => {
				assert.ok(error.message.startsWith(`${path}: this is `), error.message);
				assert.match(error.message.slice(path.length + 2), hint);
				return true;
			});
		}
	} finally {
		rmSync(folder, { recursive: true });
	}
});

test("anything else has no such name", () => {
	for (const bytes of ["", "hello", "\0".repeat(100)]) assert.equal(foreignFormatHint(Buffer.from(bytes)), undefined);
});
