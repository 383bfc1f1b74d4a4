/** The help of one command, and where its page stands: `decrypto pools verify` has the page decrypto-pools-verify(1). */
export interface CommandHelp {
	/** The words that call it: `["decrypto", "pools", "verify"]`. */
	readonly command: readonly string[];
	/** What `--help` prints, at 80 columns. */
	readonly help: string;
}

/** Lines of help that belong together: the usage, a paragraph, or a section with its title. */
interface Section {
	readonly title: string;
	readonly lines: readonly string[];
}

/** The subcommands that a help text lists, without `help` itself. */
export function subcommandsOf(help: string): string[] {
	const commands = sectionsOf(help).find(({ title }) => title === "Commands");
	const names = (commands?.lines ?? []).map((line) => /^ {2}([a-z][\w-]*)/.exec(line)?.[1]);
	return names.filter((name) => name !== undefined && name !== "help") as string[];
}

/** A manual page (man(7), section 1) with the words of the command's help. `date`: ISO 8601. */
export function manPage({ command, help }: CommandHelp, date: string): string {
	const name = command.join("-");
	const [usage, description, ...sections] = sectionsOf(help);
	const summary =
		description?.lines
			.join(" ")
			.split(/(?<=\.)\s/)[0]
			?.replace(/\.$/, "") ?? name;
	return `${[
		`.TH ${name.toUpperCase()} 1 "${date}" DeCrypto`,
		".SH NAME",
		`${roff(name)} \\- ${roff(summary[0]!.toLowerCase() + summary.slice(1))}`,
		".SH SYNOPSIS",
		roff(usage!.lines.join(" ").replace(/^Usage: /, "")),
		...(description ? [".SH DESCRIPTION", roff(description.lines.join(" ").trim())] : []),
		...sections.flatMap((section) => [`.SH ${roff(section.title.toUpperCase())}`, ...bodyOf(section.lines)]),
	].join("\n")}\n`;
}

/** Splits help at empty lines. A paragraph whose first line ends in a colon and is not indented is a section with a title. */
function sectionsOf(help: string): Section[] {
	return help
		.trimEnd()
		.split(/\n\n+/)
		.map((block) => {
			const lines = block.split("\n");
			const title = /^(\S.*):$/.exec(lines[0]!)?.[1];
			return title === undefined ? { title: "Notes", lines } : { title, lines: lines.slice(1) };
		});
}

/** Terms with their descriptions become tagged paragraphs; other lines stay as they are laid out. */
function bodyOf(lines: readonly string[]): string[] {
	const out: string[] = [];
	for (const line of lines) {
		const entry = /^ {2}(\S.*?)(?: {2,}(\S.*))?$/.exec(line);
		if (entry) out.push(".TP", `.B ${roff(entry[1]!)}`, ...(entry[2] ? [roff(entry[2])] : []));
		else if (/^ {3,}\S/.test(line)) out.push(roff(line.trim()));
		else out.push(".PP", roff(line));
	}
	return out;
}

/** Text in which nothing is a request or an escape of roff; characters beyond ASCII by their code point (groff_char(7)). */
function roff(text: string): string {
	return text
		.replaceAll("\\", "\\e")
		.replaceAll("-", "\\-")
		.replace(/^([.'])/, "\\&$1")
		.replace(/[^\0-\x7f]/gu, (character) => `\\[u${hex(character)}]`);
}

function hex(character: string): string {
	return character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
}
