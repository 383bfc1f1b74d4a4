import type { InputList, NamedInput } from "../input/input-list.ts";
import type { OpenedInput } from "../input/input-options.ts";
import { openInput } from "../input/open-input.ts";
import { forPurpose, type ReadOptions } from "./metering-purpose.ts";
import { openShared } from "./shared-capture.ts";
import type { SourceThreads } from "./source-threads.ts";

/**
 * Opens an input where it is best read: on a thread of its own, a large capture on all of them and here, and here alone where
 * there are no threads or the input cannot be handed over. `inputs` knows what comes next.
 */
export async function openOnThreads(
	threads: SourceThreads | undefined,
	input: NamedInput,
	options: ReadOptions,
	inputs: InputList,
): Promise<OpenedInput | undefined> {
	if (threads === undefined || isReadHere(input, options))
		return openInput(input, forPurpose(options), () => inputs.peek() !== undefined);
	const next = input.directory === undefined ? undefined : inputs.peek();
	if (!threads.sharing.appliesTo(input, options)) return threads.first.open(input, options, next);
	const others = threads.all().map((thread) => (ofShard: ReadOptions) => thread.open(input, ofShard, next));
	return openShared((ofShard) => openInput(input, forPurpose(ofShard)), others, options);
}

/** Standard input is this thread's; a directory that is followed asks what comes next; a tap is shown every packet. */
export function isReadHere({ name, isFollowed }: NamedInput, { metering }: ReadOptions): boolean {
	return name === "-" || isFollowed === true || metering.tap !== undefined;
}
