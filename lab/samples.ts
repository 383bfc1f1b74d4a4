import { mkdirSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { pcapFile } from "../src/capture/pcap-writer.ts";
import { markdownTable } from "./markdown-table.ts";
import { type SampleCapture, sampleCaptures } from "./sample-captures.ts";
import { pcapngFile } from "./wire/pcapng.ts";

// Writes samples/: `node lab/samples.ts`.

const ETHERNET = 1;
const folder = new URL("../samples/", import.meta.url);
mkdirSync(folder, { recursive: true });
const captures = await sampleCaptures();
for (const capture of captures) {
	const file = fileOf(capture);
	writeFileSync(new URL(capture.file, folder), file);
	console.log(`${capture.file}: ${capture.frames.length} packets, ${file.length} bytes`);
}
const manifest = { openssl: process.versions.openssl, captures: captures.map(manifestOf) };
writeFileSync(new URL("manifest.json", folder), `${JSON.stringify(manifest, undefined, "\t")}\n`);
writeFileSync(new URL("README.md", folder), readme());

function fileOf({ file, frames }: SampleCapture): Uint8Array {
	const bytes = file.includes(".pcapng") ? pcapngFile(frames) : pcapFile(ETHERNET, wholeMicroseconds(frames));
	return file.endsWith(".gz") ? gzipSync(bytes, { level: 9 }) : bytes;
}

function wholeMicroseconds(frames: SampleCapture["frames"]): SampleCapture["frames"] {
	return frames.map(({ time, bytes }) => ({ time: Math.floor(time), bytes }));
}

function manifestOf({ file, about, frames, contents }: SampleCapture): object {
	return { file, about, packets: frames.length, conversations: contents };
}

function readme(): string {
	const sections = captures.map(({ file, about, contents }) => {
		const rows = contents.map(({ label, kind, client, server, tls }) => {
			const inside = tls ? `${tls.version.replace("v", " ")}, ${tls.serverName ?? "no server name"}` : "";
			return [label, kind, client, server, inside];
		});
		const lines = markdownTable([["label", "conversation", "client", "server", "TLS"], ...rows]);
		return [`## ${file}`, "", about, "", ...lines, ""].join("\n");
	});
	return [
		"# Samples",
		"",
		"Captures made in the laboratory (`node lab/samples.ts`, see `docs/laboratory.md`): invented hosts, void wallets,",
		"no byte of anybody's traffic. `manifest.json` says the same for programs.",
		"",
		...sections,
	].join("\n");
}
