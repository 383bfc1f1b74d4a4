import { Command, InvalidArgumentError, Option } from "commander";
import { replaceFile } from "../bytes/output-file.ts";
import { printText } from "../bytes/standard-output.ts";
import { DEFAULT_RULES, poolRules, RULE_FORMATS, type RuleFormat } from "../pool/rules/pool-rules.ts";
import type { SidRange } from "../pool/rules/suricata.ts";
import { readVerified } from "../pool/verified-pool.ts";
import { positiveInteger } from "./option-values.ts";
import { textOf } from "./read-pool-lists.ts";
import { tell } from "./tell.ts";

interface Options {
	format: RuleFormat;
	output: string;
	bpfLength: number;
	sids: SidRange;
}

const DETAILS = `
Formats:
  lines      ADDRESS PORT, a line each
  bpf        filters for tcpdump and everything that takes its syntax, a line each; capture once for each line
  nftables   two sets of address and port, for nft -f
  ipset      the same, for ipset restore
  suricata   alerts with classtype coin-mining
  csv        a list to match flows against, with a header of NEMEA's types`;

export function poolsRulesCommand(): Command {
	const { first, last } = DEFAULT_RULES.sids;
	return new Command("rules")
		.description("Writes rules that capture or filter the traffic of verified pools.")
		.argument("<verified>", "what decrypto pools verify wrote; - is standard input")
		.addOption(new Option("--format <format>", "form of the rules").choices(RULE_FORMATS).default("lines"))
		.option("--output <file>", "where to; - is standard output", "-")
		.option("--bpf-length <characters>", "length of one BPF filter at most", positiveInteger, DEFAULT_RULES.bpfLength)
		.addOption(
			new Option("--sids <first-last>", "identifiers that Suricata rules may take")
				.argParser(sidRange)
				.default(DEFAULT_RULES.sids, `${first}-${last}`),
		)
		.addHelpText("after", DETAILS)
		.action(rulesAction);
}

async function rulesAction(name: string, { format, output, bpfLength, sids }: Options): Promise<void> {
	const pools = readVerified(textOf(name), name === "-" ? "standard input" : name, (line) => tell(line));
	const rules = poolRules(pools, format, { bpfLength, sids });
	if (output === "-") await printText(rules);
	else replaceFile(output, rules);
}

function sidRange(text: string): SidRange {
	const [, first, last] = /^(\d{1,10})-(\d{1,10})$/.exec(text) ?? [];
	if (
		first === undefined ||
		last === undefined ||
		Number(first) < 1 ||
		Number(first) > Number(last) ||
		Number(last) > 2 ** 32 - 1
	) {
		throw new InvalidArgumentError("It must be a range like 1900000-1999999.");
	}
	return { first: Number(first), last: Number(last) };
}
