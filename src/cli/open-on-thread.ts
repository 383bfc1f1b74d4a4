import type { NamedInput } from "./input-list.ts";
import { type InputOptions, type OpenedInput, openInput } from "./open-input.ts";
import type { SourceThread } from "./threaded-source.ts";

/** Opens an input on the thread, or here where there is none or the input cannot be read from another thread. */
export async function openOnThread(
	thread: SourceThread | undefined,
	input: NamedInput,
	options: InputOptions,
	hasSuccessor: () => boolean,
): Promise<OpenedInput | undefined> {
	return thread && canBeHandedOver(input, options)
		? thread.open(input, options)
		: openInput(input, options, hasSuccessor);
}

/**
 * Standard input is the main thread's; a file that grows and a rotation ask the list of inputs what comes next; a tap is
 * shown every packet.
 */
function canBeHandedOver({ name, isGrowing }: NamedInput, { metering }: InputOptions): boolean {
	return name !== "-" && !isGrowing && metering.rotation === undefined && metering.tap === undefined;
}
