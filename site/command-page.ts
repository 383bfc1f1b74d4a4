import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** A page with the help texts of all commands and their subcommands, as the program prints them. */
export function commandPage(root: string): string {
	const sections = helpTexts(root, []).map(({ command, help }) => `## ${command}\n\n\`\`\`text\n${help}\`\`\`\n`);
	return `# Commands\n\nWhat \`--help\` prints for each command.\n\n${sections.join("\n")}`;
}

function helpTexts(root: string, words: readonly string[]): { command: string; help: string }[] {
	const args = [join(root, "bin/decrypto.js"), ...words, "--help"];
	const help = execFileSync(process.execPath, args, { encoding: "utf8", env: { ...process.env, COLUMNS: "100" } });
	return [
		{ command: ["decrypto", ...words].join(" "), help },
		...subcommandsOf(help).flatMap((name) => helpTexts(root, [...words, name])),
	];
}

function subcommandsOf(help: string): string[] {
	const list = /^Commands:\n((?: .*\n)*)/m.exec(help)?.[1] ?? "";
	return [...list.matchAll(/^ {2}(\S+)/gm)].map(([, name]) => name!).filter((name) => name !== "help");
}
