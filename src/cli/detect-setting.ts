import { InvalidArgumentError, Option } from "commander";
import { UsageError } from "../bytes/error.ts";
import type { DetectSetting } from "../detect/options-schema.ts";

/** What a command line says otherwise of a setting. */
export interface Otherwise {
	readonly flags?: string;
	readonly help?: string;
}

/** A setting of the detector as an option of a command. */
export function settingOption(setting: DetectSetting, { flags, help }: Otherwise = {}): Option {
	const option = new Option(flags ?? setting.flags, help ?? setting.help);
	if (setting.choices) option.choices(setting.choices as readonly string[]);
	if (setting.parse) option.argParser(argument(setting.parse));
	if (setting.fallback !== undefined) option.default(setting.fallback);
	return option;
}

/** The same parser, whose complaint commander tells with the option's name. */
export function argument<T>(parse: (text: string) => T): (text: string) => T {
	return (text) => {
		try {
			return parse(text);
		} catch (error) {
			if (error instanceof UsageError) throw new InvalidArgumentError(error.message);
			throw error;
		}
	};
}
