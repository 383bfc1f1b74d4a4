import type { InputList, NamedInput } from "./input-list.ts";
import { type InputOptions, type OpenedInput, openInput } from "./open-input.ts";
import { openShared } from "./shared-capture.ts";
import type { SourceThreads } from "./source-threads.ts";

/**
 * Opens an input where it is best read: on a thread of its own, a large capture on all of them and here, and here alone where
 * there are no threads or the input cannot be handed over. `inputs` knows what comes next.
 */
export async function openOnThreads(
	threads: SourceThreads | undefined,
	input: NamedInput,
	options: InputOptions,
	inputs: InputList,
): Promise<OpenedInput | undefined> {
	if (threads === undefined || isReadHere(input, options))
		return openInput(input, options, () => inputs.peek() !== undefined);
	const next = input.directory === undefined ? undefined : inputs.peek();
	if (!threads.sharing.appliesTo(input, options)) return threads.first.open(input, options, next);
	const others = threads.all().map((thread) => (ofShard: InputOptions) => thread.open(input, ofShard, next));
	return openShared((ofShard) => openInput(input, ofShard, () => false), others, options);
}

/** Standard input is this thread's; a directory that is followed asks what comes next; a tap is shown every packet. */
function isReadHere({ name, isFollowed }: NamedInput, { metering }: InputOptions): boolean {
	return name === "-" || isFollowed === true || metering.tap !== undefined;
}
