import { Command } from "commander";
import { poolsListCommand } from "./pools-list.ts";
import { poolsRulesCommand } from "./pools-rules.ts";
import { poolsUpdateCommand } from "./pools-update.ts";
import { poolsVerifyCommand } from "./pools-verify.ts";

export function poolsCommand(): Command {
	return new Command("pools")
		.description("Mining pools: lists of them, which ones answer, and rules that catch them.")
		.addCommand(poolsVerifyCommand())
		.addCommand(poolsRulesCommand())
		.addCommand(poolsListCommand())
		.addCommand(poolsUpdateCommand());
}
