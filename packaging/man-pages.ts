import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CommandHelp, manPage, subcommandsOf } from "./man-page.ts";

const BIN = fileURLToPath(new URL("../bin/", import.meta.url));

/** The help of a command and of all its subcommands, as the program prints it. */
export function helpOf(command: readonly string[]): CommandHelp[] {
	const [program, ...words] = command;
	const help = execFileSync(process.execPath, [join(BIN, `${program}.js`), ...words, "--help"], {
		encoding: "utf8",
		env: { ...process.env, COLUMNS: "80", NO_COLOR: "1" },
	});
	return [{ command, help }, ...subcommandsOf(help).flatMap((name) => helpOf([...command, name]))];
}

/** Writes a manual page for every command into `folder`. `date`: ISO 8601. */
export function writeManPages(folder: string, date: string): string[] {
	mkdirSync(folder, { recursive: true });
	return [...helpOf(["decrypto"]), ...helpOf(["minerdetector"])].map((help) => {
		const path = join(folder, `${help.command.join("-")}.1`);
		writeFileSync(path, manPage(help, date));
		return path;
	});
}

if (import.meta.main) {
	const folder = process.argv[2];
	if (folder === undefined) throw new Error("usage: node packaging/man-pages.ts FOLDER");
	console.log(writeManPages(folder, new Date().toISOString().slice(0, 10)).join("\n"));
}
