import { UsageError } from "../bytes/error.ts";
import { FOLLOWED_PATH } from "../input/followed-directory-kind.ts";
import { kindOfAddress } from "../input/input-kinds.ts";
import type { InputFlags } from "./input-flags.ts";

/** Throws where `--bpf` is for something that is no capture. A directory that is followed may contain captures. */
export function refuseFilter({ bpf }: InputFlags, name: string): void {
	const kind = bpf === undefined ? undefined : kindOfAddress(name);
	if (kind && !kind.isCapture && kind !== FOLLOWED_PATH)
		throw new UsageError(`${name}: --bpf is for captures, and these are flows`);
}
